namespace Vfio.Nvme;

/// <content>The registers: enable, disable, shut down (NVM Express 1.4, 7.6).</content>
public sealed partial class NvmeController
{
    private static readonly TimeSpan _leastTimeout = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _shutdownTimeout = TimeSpan.FromSeconds(10);

    private TimeSpan ReadyTimeout => Capabilities.Timeout > _leastTimeout ? Capabilities.Timeout : _leastTimeout;

    private void RequireDrivable()
    {
        if (_registers.Status.IsGone)
        {
            throw NvmeErrors.Gone(Name, "CAP");
        }

        if (!Capabilities.HasNvmCommandSet)
        {
            throw NvmeErrors.NotSupported(Name, "CAP", "the controller lacks the NVM command set (CAP.CSS)");
        }

        if (Capabilities.MinPageSize > TransferLists.PageSize || Capabilities.MaxQueueEntries < AdminQueue.Entries / 2)
        {
            throw NvmeErrors.NotSupported(
                Name, "CAP", $"the controller wants pages of {Capabilities.MinPageSize} bytes, or queues of {Capabilities.MaxQueueEntries} entries at most");
        }
    }

    /// <summary>Disables the controller, whatever it is doing, gives it the admin queue, and enables it.</summary>
    /// <param name="generation">The generation that begins.</param>
    private void Enable(int generation)
    {
        Disable();
        _admin.Restart(generation);
        const uint Size = AdminQueue.Entries - 1;
        _registers.Write32(NvmeRegister.AdminQueueAttributes, (Size << 16) | Size);
        _registers.Write64(NvmeRegister.AdminSubmissionQueue, _admin.SubmissionBase);
        _registers.Write64(NvmeRegister.AdminCompletionQueue, _admin.CompletionBase);
        Function.StartDma();
        _registers.Write32(NvmeRegister.Configuration, ControllerConfiguration.EntrySizes | ControllerConfiguration.Enable);
        Await("CC.EN = 1", "ready", ReadyTimeout, static status => status.IsReady, fatalEnds: true);
    }

    /// <summary>Disables the controller. From here on it touches no memory and has no queues.</summary>
    private void Disable()
    {
        uint configuration = _registers.Read32(NvmeRegister.Configuration);
        if (configuration == NvmeRegister.Gone)
        {
            throw NvmeErrors.Gone(Name, "CC.EN = 0");
        }

        if ((configuration & ControllerConfiguration.Enable) != 0)
        {
            _registers.Write32(NvmeRegister.Configuration, configuration & ~(ControllerConfiguration.Enable | ControllerConfiguration.ShutdownMask));
        }

        // A controller that has failed is disabled like any other, which is to end the failure.
        Await("CC.EN = 0", "idle", ReadyTimeout, static status => !status.IsReady, fatalEnds: false);
    }

    private void ShutDownRegisters()
    {
        uint configuration = _registers.Read32(NvmeRegister.Configuration);
        if (configuration == NvmeRegister.Gone)
        {
            throw NvmeErrors.Gone(Name, "CC.SHN = 01b");
        }

        _registers.Write32(
            NvmeRegister.Configuration, (configuration & ~ControllerConfiguration.ShutdownMask) | ControllerConfiguration.NormalShutdown);
        TimeSpan limit = ReadyTimeout > _shutdownTimeout ? ReadyTimeout : _shutdownTimeout;
        Await("CC.SHN = 01b", "shut down", limit, static status => status.IsShutDown, fatalEnds: true);
    }

    private void Await(string step, string wanted, TimeSpan limit, Func<ControllerStatus, bool> reached, bool fatalEnds)
    {
        long end = Clock.Milliseconds + (long)limit.TotalMilliseconds;
        while (true)
        {
            // The time first: a thread that did not run for a while still gets a look after it.
            bool late = Clock.Milliseconds >= end;
            ControllerStatus status = _registers.Status;
            if (status.IsGone)
            {
                throw NvmeErrors.Gone(Name, step);
            }

            if (reached(status))
            {
                return;
            }

            if (fatalEnds && status.IsFatal)
            {
                throw NvmeErrors.Fatal(Name, step, status);
            }

            if (late)
            {
                throw NvmeErrors.NotReady(Name, step, wanted, limit, status);
            }

            Clock.Pause();
        }
    }
}
