using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>
/// The registers in a device's configuration space that its owner may set and that a reset can change: what to put back after one.
/// </summary>
/// <remarks>
/// <para>These are the command register, cache line size and latency timer, the command register of PCI-X, device control and device
/// control 2 of PCI Express, and the masks and severities of advanced error reporting. Base addresses, the interrupt line and MSI are not
/// among them: what the owner sees of those is the kernel's copy, which a reset does not reach, and MSI comes back with
/// <see cref="ResetOptions.RearmInterrupts"/>. Nor are power states, in which a reset leaves D0, and registers of a vendor's own.</para>
/// <para>Immutable, and so thread-safe.</para>
/// </remarks>
public sealed class PciConfigState
{
    private readonly Register[] _registers;
    private readonly uint _ids;
    private readonly string _name;

    private PciConfigState(string name, uint ids, PciCommand command, Register[] registers)
    {
        _name = name;
        _ids = ids;
        Command = command;
        _registers = registers;
    }

    /// <summary>The command register as it was.</summary>
    public PciCommand Command { get; }

    /// <summary>Reads the registers of an open device. Changes nothing.</summary>
    /// <exception cref="InvalidDataException">A chain of capabilities is malformed.</exception>
    /// <exception cref="VfioException">The kernel refused, or the device does not answer.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public static PciConfigState Save(PciConfigSpace config)
    {
        ArgumentNullException.ThrowIfNull(config);
        RequireAnswer(config, "read the configuration space");
        Register[] registers = [.. Places(config).Select(place => place with { Value = place.Read(config) })];
        return new PciConfigState(config.Name, config.Read32(PCI_VENDOR_ID), config.Command, registers);
    }

    /// <summary>Writes back those registers that are not as they were, the command register last.</summary>
    /// <returns>The offsets of the registers that were written, in this order; none where all was as it should be.</returns>
    /// <exception cref="ArgumentException">The state is that of another kind of device.</exception>
    /// <exception cref="VfioException">The kernel refused, or the device does not answer.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public IReadOnlyList<int> Restore(PciConfigSpace config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.Read32(PCI_VENDOR_ID) != _ids)
        {
            throw new ArgumentException($"The state was saved of {_name}, and {config.Name} is another kind of device.", nameof(config));
        }

        RequireAnswer(config, "restore the configuration space");
        var written = new List<int>();
        foreach (Register register in _registers)
        {
            if (register.Read(config) != register.Value)
            {
                register.Write(config);
                written.Add(register.Offset);
            }
        }

        return written;
    }

    private static void RequireAnswer(PciConfigSpace config, string step)
    {
        // The ids are the kernel's copy; of the command register all bits but one come from the device, which never has all of them set.
        if ((config.Command | PciCommand.InterruptDisable) == (PciCommand)ushort.MaxValue)
        {
            throw ResetErrors.NoAnswer(config.Name, step);
        }
    }

    private static IEnumerable<Register> Places(PciConfigSpace config)
    {
        yield return new(PCI_CACHE_LINE_SIZE, 1);
        yield return new(PCI_LATENCY_TIMER, 1);
        if (config.TryFindCapability(PCI_CAP_ID_PCIX, out PciCapability extendedPci))
        {
            yield return new(extendedPci.Offset + PCI_X_CMD, 2);
        }

        if (config.TryFindCapability(PCI_CAP_ID_EXP, out PciCapability express))
        {
            // With this bit set, the write would be another reset.
            yield return new(express.Offset + PCI_EXP_DEVCTL, 2, Mask: (uint)(ushort.MaxValue & ~PCI_EXP_DEVCTL_BCR_FLR));
            if ((config.Read16(express.Offset + PCI_EXP_FLAGS) & PCI_EXP_FLAGS_VERS) > 1)
            {
                yield return new(express.Offset + PCI_EXP_DEVCTL2, 2);
            }
        }

        if (config.TryFindExtendedCapability(PCI_EXT_CAP_ID_ERR, out PciExtendedCapability errors))
        {
            yield return new(errors.Offset + PCI_ERR_UNCOR_MASK, 4);
            yield return new(errors.Offset + PCI_ERR_UNCOR_SEVER, 4);
            yield return new(errors.Offset + PCI_ERR_COR_MASK, 4);
            yield return new(errors.Offset + PCI_ERR_CAP, 4, Mask: (uint)(PCI_ERR_CAP_ECRC_GENE | PCI_ERR_CAP_ECRC_CHKE));
        }

        yield return new(PCI_COMMAND, 2);
    }

    private readonly record struct Register(int Offset, int Width, uint Value = 0, uint Mask = uint.MaxValue)
    {
        public uint Read(PciConfigSpace config) => Mask & Width switch
        {
            1 => config.Read8(Offset),
            2 => config.Read16(Offset),
            _ => config.Read32(Offset),
        };

        public void Write(PciConfigSpace config)
        {
            switch (Width)
            {
                case 1:
                    config.Write8(Offset, (byte)Value);
                    break;
                case 2:
                    config.Write16(Offset, (ushort)Value);
                    break;
                default:
                    config.Write32(Offset, Value);
                    break;
            }
        }
    }
}
