using Vfio.TestChild;

// What it is to do, and with what: the parent writes a line to say "go on", and reads lines to see how far this is.
switch (args)
{
    case ["dma", var name]:
        Work.UntilKilled(name);
        return 0;
    case ["socket", var path]:
        Work.WithDeviceFromSocket(path);
        return 0;
    case ["inherit", var text]:
        Work.WithInheritedDevice(text);
        return 0;
    default:
        Console.Error.WriteLine("usage: Vfio.TestChild dma DEVICE | socket PATH | inherit TEXT");
        return 64;
}
