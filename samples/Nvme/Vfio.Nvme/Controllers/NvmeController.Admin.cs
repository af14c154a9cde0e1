namespace Vfio.Nvme;

/// <content>Admin commands for users (NVM Express 1.4, 5).</content>
public sealed partial class NvmeController
{
    /// <summary>Gets a feature's current value (Get Features).</summary>
    /// <param name="feature">Which.</param>
    /// <returns>Its value, as <see cref="NvmeFeature"/> tells.</returns>
    /// <exception cref="NvmeException">The command failed, or the controller did.</exception>
    public uint GetFeature(NvmeFeature feature)
        => Admin(new SubmissionEntry { Command = (uint)AdminOpcode.GetFeatures, Dwords10And11 = (uint)feature }, $"Get Features ({feature})").Result;

    /// <summary>Sets a feature until the next reset (Set Features). After a reset the driver does not set it again.</summary>
    /// <param name="feature">Which. <see cref="NvmeFeature.NumberOfQueues"/> is the driver's own, and refused.</param>
    /// <param name="value">Its value, as <see cref="NvmeFeature"/> tells.</param>
    /// <exception cref="ArgumentException">The feature is the driver's own.</exception>
    /// <exception cref="NvmeException">The command failed, or the controller did.</exception>
    public void SetFeature(NvmeFeature feature, uint value)
    {
        if (feature == NvmeFeature.NumberOfQueues)
        {
            throw new ArgumentException("The number of queues is negotiated when the controller is opened.", nameof(feature));
        }

        Admin(
            new SubmissionEntry
            {
                Command = (uint)AdminOpcode.SetFeatures,
                Dwords10And11 = SubmissionEntry.Dwords((uint)feature, value),
            },
            $"Set Features ({feature})");
    }

    /// <summary>Makes the controller gather completions before it interrupts (Set Features, Interrupt Coalescing).</summary>
    /// <param name="entries">How many, from 1 to 256.</param>
    /// <param name="time">For how long at most, up to 25.5 milliseconds, in steps of 100 microseconds. Zero for no gathering.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value does not fit.</exception>
    /// <exception cref="NvmeException">The command failed, or the controller did.</exception>
    public void SetInterruptCoalescing(int entries, TimeSpan time)
    {
        const int Unit = 100;
        ArgumentOutOfRangeException.ThrowIfLessThan(entries, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entries, 256);
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time.TotalMicroseconds, byte.MaxValue * Unit, nameof(time));
        SetFeature(NvmeFeature.InterruptCoalescing, (uint)(entries - 1) | ((uint)(time.TotalMicroseconds / Unit) << 8));
    }

    /// <summary>Reads the controller's health (Get Log Page, SMART / Health Information).</summary>
    /// <exception cref="NvmeException">The command failed, or the controller did.</exception>
    public SmartLog ReadSmartLog()
    {
        const uint WholeController = uint.MaxValue;
        byte[] data = new byte[SmartLog.Length];
        uint dwords = (SmartLog.Length / sizeof(uint)) - 1;
        Admin(
            new SubmissionEntry
            {
                Command = (uint)AdminOpcode.GetLogPage,
                NamespaceId = WholeController,
                Dwords10And11 = SmartLog.LogPage | (dwords << 16),
            },
            "Get Log Page (SMART)",
            data);
        return SmartLog.Parse(data);
    }

    /// <summary>Takes the next asynchronous event, if the controller has told of one. Nothing is told by itself.</summary>
    /// <param name="taken">The event.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="NvmeException">The controller failed.</exception>
    public bool TryTakeEvent(out AsyncEvent taken)
    {
        int generation = _generation;
        RequireUsable("Asynchronous Event Request");
        try
        {
            return _admin.TryTakeEvent(out taken);
        }
        catch (NvmeException error)
        {
            Recover(generation, error);
            throw;
        }
    }

    /// <summary>Formats a namespace: all its data is lost (Format NVM). <see cref="Namespaces"/> is read anew; older objects of all are refused.</summary>
    /// <remarks>
    /// Where <see cref="IdentifyController.FormatsAllNamespaces"/>, all namespaces are formatted, and the data of all is lost. A format may take minutes, and
    /// <see cref="NvmeControllerOptions.AdminTimeout"/> must be as long: a controller that is reset in a format may leave the namespace unusable.
    /// </remarks>
    /// <param name="space">The namespace. It need not be usable.</param>
    /// <param name="format">One of its <see cref="IdentifyNamespace.Formats"/>, without metadata.</param>
    /// <returns>The namespace as it is now.</returns>
    /// <exception cref="ArgumentException">The namespace has no such format, or this driver could not use it.</exception>
    /// <exception cref="NvmeException">The controller lacks the command (OACS), the command failed, or the controller did.</exception>
    public NvmeNamespace Format(NvmeNamespace space, LbaFormat format)
    {
        ArgumentNullException.ThrowIfNull(space);
        if (!space.Identity.Formats.Contains(format) || format.BlockSize == 0 || format.MetadataSize != 0)
        {
            throw new ArgumentException($"Namespace {space.Id} cannot be formatted so that this driver could use it as {format}.", nameof(format));
        }

        if (!Identity.AdminCommands.HasFlag(AdminCommandSupport.Format))
        {
            throw NvmeErrors.NotSupported(Name, "Format NVM", "the controller lacks the command (OACS)");
        }

        lock (_gate)
        {
            // No I/O goes by the old length of a block from here on.
            foreach (NvmeNamespace old in _namespaces)
            {
                old.Retire();
            }

            try
            {
                Admin(
                    new SubmissionEntry { Command = (uint)AdminOpcode.FormatNvm, NamespaceId = space.Id, Dwords10And11 = (uint)format.Index },
                    "Format NVM");
            }
            finally
            {
                ReadNamespacesAgain();
            }

            return Array.Find(_namespaces, now => now.Id == space.Id && !now.IsRetired)
                ?? throw NvmeErrors.Protocol(Name, "Format NVM", $"namespace {space.Id} is gone after it was formatted");
        }
    }

    /// <summary>Executes a command for a user. If the controller fails in it, the controller is brought back before this throws.</summary>
    private NvmeCompletion Admin(in SubmissionEntry entry, string step, Span<byte> data = default)
    {
        // In this order: a reset in between is noticed by the queue.
        int generation = _generation;
        RequireUsable(step);
        NvmeCompletion completion;
        try
        {
            completion = _admin.Execute(generation, entry, step, _options.AdminTimeout, data);
        }
        catch (NvmeException error)
        {
            Recover(generation, error);
            throw;
        }

        return completion.IsSuccess ? completion : throw NvmeErrors.Failed(Name, step, completion.Status);
    }
}
