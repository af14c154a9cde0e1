namespace Vfio.Core.Tests;

/// <summary>An entry of the fake kernel's descriptor table.</summary>
internal sealed class FakeDescriptor
{
    public FakeDescriptor(FakeOpenFile file, bool foreign)
    {
        File = file;
        Foreign = foreign;
        file.Descriptors.Add(this);
    }

    public FakeOpenFile File { get; }

    public string Kind => File.Kind;

    public object? Target => File.Target;

    public int RealFd => File.RealFd;

    /// <summary>Whether another part of the process owns it, which the library may use and must not close.</summary>
    public bool Foreign { get; set; }

    /// <summary>Whether a program that the process starts would have it too.</summary>
    public bool IsInherited { get; set; }

    /// <summary>How many calls are using it now.</summary>
    public int InFlight { get; set; }
}
