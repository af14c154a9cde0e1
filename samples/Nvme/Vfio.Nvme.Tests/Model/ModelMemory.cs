using System.Runtime.InteropServices;
using Vfio.Core;

namespace Vfio.Nvme.Tests.Model;

/// <summary>Memory that the model reaches by addresses that are not the process's.</summary>
internal sealed unsafe class ModelMemory : NvmeMemory
{
    private readonly ModelBus _bus;

    public ModelMemory(ModelBus bus, Iova iova, long length)
        : base((nint)NativeMemory.AlignedAlloc((nuint)length, 4096), iova, length)
    {
        _bus = bus;
        new Span<byte>((void*)Address, (int)length).Clear();
    }

    public bool IsLive { get; private set; } = true;

    public bool Holds(ulong iova, int length) => IsLive && iova >= Iova.Value && iova + (ulong)length <= Iova.Value + (ulong)Length;

    public Span<byte> At(ulong iova, int length) => AsSpan((long)(iova - Iova.Value), length);

    protected override void Dispose(bool disposing)
    {
        if (IsLive)
        {
            IsLive = false;
            _bus.Remove(this);
            NativeMemory.AlignedFree((void*)Address);
        }
    }
}
