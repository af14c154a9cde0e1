using System.Globalization;
using Vfio.Core;

namespace Vfio.Tool.Demo;

/// <summary>The life of a device in user space, from its driver and back, on QEMU's edu device.</summary>
internal sealed class EduDemo(PciAddress address, StepLog steps)
{
    private const uint LivenessProbe = 0x1234_5678;
    private const int RaisedInterrupts = 3;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    /// <summary>Runs all steps.</summary>
    /// <exception cref="VfioException">The device could not be taken.</exception>
    public DemoReport Run()
    {
        PciFunction function = PciFunction.Read(address);
        if ((function.VendorId, function.DeviceId) != (EduRegisters.Vendor, EduRegisters.Device))
        {
            throw new VfioException(
                VfioErrorKind.NotSupported,
                "demo",
                address.ToString(),
                $"the function is {function.Ids}, and the demonstration knows only QEMU's edu device, 1234:11e8",
                "Name an edu device, or use 'lab/run demo', which has one");
        }

        using DriverBinding binding = DriverBinding.Bind(address);
        steps.Show("bind", ok: true, $"{binding.PreviousDriver ?? "no driver"} -> {binding.Driver}, IOMMU group {function.IommuGroup}");
        var report = new DemoReport { Device = address.ToString(), Group = function.IommuGroup };
        using (VfioDevice device = VfioDevice.Open(address))
        {
            report = Drive(device, report);
        }

        steps.Show("close", ok: true, "interrupts, registers, device and address space are given back");
        binding.Restore();
        steps.Show("restore", ok: true, $"{binding.Driver} -> {binding.PreviousDriver ?? "no driver"}");
        return report;
    }

    private DemoReport Drive(VfioDevice device, DemoReport report)
    {
        report = report with { Iommu = VfioBackendName.Of(device.Backend) };
        steps.Show("open", ok: true, $"back end {report.Iommu}, IOVA {string.Join(", ", device.Dma.Ranges)}");

        device.Config.Command |= PciCommand.Memory | PciCommand.BusMaster;
        using MappedRegion registers = device.Regions.Bar(0).Map();
        report = Identify(registers, report);

        using DmaBuffer buffer = device.Dma.Allocate(
            2 * EduRegisters.DmaWindowLength, new DmaBufferOptions { AddressBits = EduRegisters.AddressBits });
        steps.Show("map", ok: true, $"{buffer.Length} bytes of memory at IOVA {buffer.Iova}");

        using InterruptSet msi = device.Interrupts.Msi.Enable(1);
        (bool equal, ulong dmaInterrupts) = Transfer(registers, buffer, msi[0]);
        ulong raised = Raise(registers, msi[0]);
        return Reset(device, report with
        {
            DmaBytes = EduRegisters.DmaWindowLength,
            DmaEqual = equal,
            Interrupts = dmaInterrupts + raised,
        });
    }

    private DemoReport Identify(MappedRegion registers, DemoReport report)
    {
        uint id = registers.Read32(EduRegisters.Identification);
        steps.Show("identification", (id & 0xff) == EduRegisters.IdentificationMagic, Hex(id));

        registers.Write32(EduRegisters.Liveness, LivenessProbe);
        uint answer = registers.Read32(EduRegisters.Liveness);
        bool alive = answer == ~LivenessProbe;
        steps.Show("liveness", alive, $"wrote {Hex(LivenessProbe)}, read {Hex(answer)}");
        return report with { Identification = Hex(id), LivenessOk = alive };
    }

    private (bool Equal, ulong Interrupts) Transfer(MappedRegion registers, DmaBuffer buffer, Interrupt interrupt)
    {
        const int Length = EduRegisters.DmaWindowLength;
        Span<byte> sent = buffer.AsSpan(0, Length);
        for (int i = 0; i < sent.Length; i++)
        {
            sent[i] = (byte)((i * 31) + (i >> 8));
        }

        ulong interrupts = Move(registers, interrupt, buffer.Iova, EduRegisters.DmaWindow, 0);
        steps.Show("dma out", interrupts == 1, $"{Length} bytes from memory to the device, {interrupts} interrupt");

        ulong back = Move(registers, interrupt, EduRegisters.DmaWindow, buffer.Iova + Length, EduRegisters.DmaToMemory);
        bool equal = buffer.AsSpan(Length, Length).SequenceEqual(sent);
        steps.Show("dma back", equal && back == 1, $"{Length} bytes to other memory, {(equal ? "equal" : "DIFFERENT")}, {back} interrupt");
        return (equal, interrupts + back);
    }

    private static ulong Move(MappedRegion registers, Interrupt interrupt, ulong from, ulong to, ulong direction)
    {
        registers.Write64(EduRegisters.DmaSource, from);
        registers.Write64(EduRegisters.DmaDestination, to);
        registers.Write64(EduRegisters.DmaCount, EduRegisters.DmaWindowLength);
        registers.Write64(EduRegisters.DmaCommand, EduRegisters.DmaStart | EduRegisters.DmaInterrupt | direction);
        return WaitAndAcknowledge(registers, interrupt);
    }

    private ulong Raise(MappedRegion registers, Interrupt interrupt)
    {
        ulong counted = 0;
        for (uint i = 0; i < RaisedInterrupts; i++)
        {
            registers.Write32(EduRegisters.InterruptRaise, 1u << (int)i);
            counted += WaitAndAcknowledge(registers, interrupt);
        }

        steps.Show("msi", counted == RaisedInterrupts, $"raised {RaisedInterrupts}, counted {counted}");
        return counted;
    }

    private static ulong WaitAndAcknowledge(MappedRegion registers, Interrupt interrupt)
    {
        bool came = interrupt.TryWait(_patience, out ulong count);
        registers.Write32(EduRegisters.InterruptAcknowledge, registers.Read32(EduRegisters.InterruptStatus));
        return came ? count : 0;
    }

    private DemoReport Reset(VfioDevice device, DemoReport report)
    {
        bool done;
        string outcome;
        try
        {
            device.Reset();
            (done, outcome) = (true, "done");
        }
        catch (VfioException error) when (error.Kind == VfioErrorKind.NotSupported)
        {
            (done, outcome) = (false, "the device has no reset of its own, as its flags say");
        }

        steps.Show("reset", done == device.CanReset, outcome);
        return report with { ResetSupported = done };
    }

    private static string Hex(uint value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x8}");
}
