using System.Reflection;
using System.Runtime.InteropServices;
using Vfio.Core;

namespace Vfio.CodegenProbe;

/// <summary>
/// Runs every probe often enough that the compiler has done to it all that it will do, and prints their names.
/// </summary>
internal static unsafe class Program
{
    // Each round lets the background compiler take up what the round before made hot.
    private const int Rounds = 8;
    private const int CallsPerRound = 2000;

    // A set lowest bit, which ends the loops that poll for it.
    private const byte Ready = 1;

    public static void Main(string[] arguments)
    {
        if (arguments is ["fault", string how])
        {
            FaultProbe.Run(how);
            return;
        }

        var host = new VfioHost(LinuxKernel.Instance, HostPaths.Root);
        var device = new VfioDevice(host, new OpenedDevice(new ProbeTransport(), new FixedAttachment("probe", space: null, isIsolated: true)));
        MappedRegion region = device.Regions.Bar(0).Map();
        byte* memory = (byte*)NativeMemory.AllocZeroed(64);
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < CallsPerRound; i++)
            {
                *memory = Ready;
                Pointers(memory, (uint)i);
                Controls(memory);
                region.Write8(0, Ready);
                Regions(region, (uint)i);
            }

            Thread.Sleep(100);
        }

        foreach (Type probes in (ReadOnlySpan<Type>)[typeof(PointerProbes), typeof(RegionProbes), typeof(ControlProbes)])
        {
            foreach (MethodInfo probe in probes.GetMethods(BindingFlags.Public | BindingFlags.Static))
            {
                Console.WriteLine($"{probes.Name}:{probe.Name}");
            }
        }
    }

    private static void Pointers(byte* p, uint value)
    {
        PointerProbes.Read32_Loop_Poll(p);
        PointerProbes.Read32_1_Mask(p);
        PointerProbes.Read32_1_Narrow(p);
        PointerProbes.Read32_1_CompareByte(p);
        PointerProbes.Read64_1_Narrow(p);
        PointerProbes.Read64_1_Mask(p);
        PointerProbes.Read16_1_Bit(p);
        PointerProbes.Read8_1_Widen(p);
        PointerProbes.Read32_1_Discard(p);
        PointerProbes.Read64_1_Discard(p);
        PointerProbes.Read32_2_Twice(p);
        PointerProbes.Read32_2_Neighbours(p);
        PointerProbes.Write32_2_SameRegister(p);
        PointerProbes.Write32_2_Neighbours(p);
        PointerProbes.Write8_2_Neighbours(p);
        PointerProbes.Write32_1_OfByte(p, value);
        PointerProbes.Write64_1_OfInt(p, value);
        PointerProbes.Write16_1_OfInt(p, value);
        PointerProbes.Write32_2_Overwrite(p, value);
    }

    private static void Controls(byte* p)
    {
        ControlProbes.Read32_1_Mask(p);
        ControlProbes.Read64_1_Narrow(p);
        ControlProbes.Read64_1_Discard(p);
        ControlProbes.Write8_2_Neighbours(p);
    }

    private static void Regions(MappedRegion region, uint value)
    {
        RegionProbes.Read32_Loop_Poll(region);
        RegionProbes.Read32_1_Mask(region);
        RegionProbes.Read32_1_Narrow(region);
        RegionProbes.Read64_1_Narrow(region);
        RegionProbes.Read16_1_Bit(region);
        RegionProbes.Read8_1_Widen(region);
        RegionProbes.Read32_1_Discard(region);
        RegionProbes.Read64_1_Discard(region);
        RegionProbes.Read32_1_ThroughInterface(region);
        RegionProbes.Write32_2_SameRegister(region);
        RegionProbes.Write64_1_OfInt(region, value);
        RegionProbes.Write16_1_OfInt(region, value);
        RegionProbes.Write8_2_Neighbours(region);
        RegionProbes.Read32_1_OneRegister(region.Register32(0));
        RegionProbes.Read64_1_OneRegister(region.Register64(0));
        RegionProbes.Write32_2_OneRegister(region.Register32(0), value);
        RegionProbes.Write64_1_OneRegister(region.Register64(0), value);

        // Every accessor by itself, and the blocks.
        region.Write8(0, region.Read8(0));
        region.Write16(0, region.Read16(0));
        region.Write32(0, region.Read32(0));
        region.Write64(0, region.Read64(0));
        Span<uint> words = stackalloc uint[8];
        region.Read32(0, words);
        region.Write32(32, words);
        Span<ulong> longs = stackalloc ulong[4];
        region.Read64(0, longs);
        region.Write64(32, longs);
        region.Write8(0, Ready);
    }
}
