namespace Vfio.Nvme.Tests.Model;

/// <summary>A queue as the controller sees it.</summary>
internal sealed class ModelQueue(ulong address, int size)
{
    public ulong Address => address;

    public int Size => size;

    public int Head { get; set; }

    public int Tail { get; set; }

    public bool Phase { get; set; } = true;

    /// <summary>A completion queue's vector; -1 for none.</summary>
    public int Vector { get; init; } = -1;

    /// <summary>A submission queue's completion queue.</summary>
    public int CompletionQueue { get; init; }

    public int Next(int index) => index + 1 == Size ? 0 : index + 1;
}
