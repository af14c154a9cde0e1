using Vfio.Core;

namespace Vfio.Nvme;

/// <summary>
/// The controller's registers, of which the driver hears in its own words that the function does not answer: a device tells it by an exception,
/// a model by ones.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ControllerRegisters(string name, IRegisterAccess registers)
{
    /// <summary>CSTS.</summary>
    /// <exception cref="NvmeException">The function does not answer.</exception>
    public ControllerStatus Status => new(Read32(NvmeRegister.Status));

    /// <summary>Reads a register of 32 bits.</summary>
    /// <exception cref="NvmeException">The function does not answer.</exception>
    public uint Read32(long offset)
    {
        try
        {
            return registers.Read32(offset);
        }
        catch (Exception error) when (IsEnd(error))
        {
            throw NvmeErrors.Unanswered(name, $"read the register 0x{offset:x}", error);
        }
    }

    /// <summary>Reads a register of 64 bits, by halves.</summary>
    /// <exception cref="NvmeException">The function does not answer.</exception>
    public ulong Read64(long offset) => Read32(offset) | ((ulong)Read32(offset + sizeof(uint)) << 32);

    /// <summary>Writes a register of 32 bits.</summary>
    /// <exception cref="NvmeException">The function does not answer.</exception>
    public void Write32(long offset, uint value)
    {
        try
        {
            registers.Write32(offset, value);
        }
        catch (Exception error) when (IsEnd(error))
        {
            throw NvmeErrors.Unanswered(name, $"write the register 0x{offset:x}", error);
        }
    }

    /// <summary>Writes a register of 64 bits, by halves.</summary>
    /// <exception cref="NvmeException">The function does not answer.</exception>
    public void Write64(long offset, ulong value)
    {
        Write32(offset, unchecked((uint)value));
        Write32(offset + sizeof(uint), (uint)(value >> 32));
    }

    /// <summary>Takes a doorbell out.</summary>
    /// <exception cref="NvmeException">The function is gone.</exception>
    public Doorbell Doorbell(long offset)
    {
        try
        {
            return new Doorbell(registers.Register32(offset));
        }
        catch (Exception error) when (IsEnd(error))
        {
            throw NvmeErrors.Unanswered(name, $"the doorbell 0x{offset:x}", error);
        }
    }

    /// <summary>Whether an exception is what a function gives that is gone, or does not answer.</summary>
    public static bool IsEnd(Exception error) => error is VfioException or ObjectDisposedException;
}
