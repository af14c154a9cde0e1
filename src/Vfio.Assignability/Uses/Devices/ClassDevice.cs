namespace Vfio.Assignability;

/// <summary>Something that a driver offers to the host: a disk, an interface, a card, a node.</summary>
/// <param name="Class">Its class, such as <c>block</c>, <c>net</c> or <c>drm</c>.</param>
/// <param name="Name">Its name in the class, as sysfs writes it.</param>
/// <param name="Folder">Where it says so, as the host names it. It need not exist in a captured tree.</param>
/// <param name="Position">Where it lies in the tree of devices: its folder, or what the folder says that it is on.</param>
internal sealed record ClassDevice(string Class, string Name, string Folder, string Position)
{
    /// <summary>Whether it lies below no PCI function, as what the kernel puts together from other devices.</summary>
    public bool IsVirtual => !SysfsPath.Functions(Position).Any();
}
