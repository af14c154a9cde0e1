using Vfio.Core;

namespace Vfio.Nvme.Tests.Model;

/// <content>The registers.</content>
internal sealed partial class ModelController
{
    private const uint Ready = 1;
    private const uint FatalStatus = 2;
    private const uint ShutdownComplete = 2 << 2;

    private uint _configuration;
    private uint _status;
    private uint _attributes;
    private ulong _adminSubmission;
    private ulong _adminCompletion;
    private bool _isGone;
    private VfioException? _silence;

    /// <summary>CAP: 1,024 entries, contiguous queues, half a second, the NVM command set.</summary>
    public ulong Capabilities { get; set; } = 1023 | (1UL << 16) | (1UL << 24) | (1UL << 37);

    /// <summary>How CSTS misbehaves for good.</summary>
    public ModelStuck Stuck { get; set; }

    /// <summary>How CSTS misbehaves until the function is reset.</summary>
    public ModelStuck StuckUntilReset { get; set; }

    /// <summary>How often it was enabled.</summary>
    public int Enables { get; private set; }

    /// <summary>How many doorbells were written.</summary>
    public int DoorbellWrites { get; private set; }

    /// <summary>Doorbells that were written of queues that are not there.</summary>
    public int StrayDoorbells { get; private set; }

    /// <summary>Whether an orderly shutdown was asked for.</summary>
    public bool WasShutDown { get; private set; }

    public void Vanish()
    {
        lock (_gate)
        {
            _isGone = true;
        }
    }

    private void RequireAnswer()
    {
        if (_silence is not null)
        {
            throw _silence;
        }
    }

    private void FallSilent(VfioErrorKind kind) => _silence = new VfioException(kind, "access", Name, "the model is silent", "Do nothing");

    public uint ReadRegister(long offset)
    {
        lock (_gate)
        {
            RequireAnswer();
            return _isGone ? uint.MaxValue : offset switch
            {
                NvmeRegister.Capabilities => (uint)Capabilities,
                NvmeRegister.Capabilities + 4 => (uint)(Capabilities >> 32),
                NvmeRegister.Version => 0x1_0400,
                NvmeRegister.Configuration => _configuration,
                NvmeRegister.Status => _status,
                _ => 0,
            };
        }
    }

    public void WriteRegister(long offset, uint value)
    {
        lock (_gate)
        {
            RequireAnswer();
            switch (offset)
            {
                case var _ when _isGone:
                    break;
                case NvmeRegister.Configuration:
                    Configure(value);
                    break;
                case NvmeRegister.AdminQueueAttributes:
                    _attributes = value;
                    break;
                case NvmeRegister.AdminSubmissionQueue:
                    _adminSubmission = (_adminSubmission & ~0xffff_fffful) | value;
                    break;
                case NvmeRegister.AdminSubmissionQueue + 4:
                    _adminSubmission = (_adminSubmission & 0xffff_fffful) | ((ulong)value << 32);
                    break;
                case NvmeRegister.AdminCompletionQueue:
                    _adminCompletion = (_adminCompletion & ~0xffff_fffful) | value;
                    break;
                case NvmeRegister.AdminCompletionQueue + 4:
                    _adminCompletion = (_adminCompletion & 0xffff_fffful) | ((ulong)value << 32);
                    break;
                case >= NvmeRegister.Doorbells:
                    Ring((int)(offset - NvmeRegister.Doorbells) / 4, value);
                    break;
            }
        }
    }

    private bool IsStuck(ModelStuck how) => Stuck == how || StuckUntilReset == how;

    private void Configure(uint value)
    {
        bool was = (_configuration & 1) != 0;
        bool now = (value & 1) != 0;
        _configuration = value;
        if (now && !was)
        {
            Enable();
        }
        else if (was && !now && !IsStuck(ModelStuck.NeverIdle))
        {
            Forget();
            _status = 0;
        }

        if ((value & ControllerConfiguration.ShutdownMask) != 0)
        {
            WasShutDown = true;
            _status |= IsStuck(ModelStuck.NeverShutDown) ? 0 : ShutdownComplete;
        }
    }

    private void Enable()
    {
        Enables++;
        if (IsStuck(ModelStuck.FatalWhenEnabled))
        {
            _status |= FatalStatus;
        }
        else if (!IsStuck(ModelStuck.NeverReady))
        {
            _submissions[0] = new ModelQueue(_adminSubmission, (int)(_attributes & 0xfff) + 1);
            _completions[0] = new ModelQueue(_adminCompletion, (int)((_attributes >> 16) & 0xfff) + 1) { Vector = 0 };
            _status = Ready;
        }
    }

    private void Forget()
    {
        _submissions.Clear();
        _completions.Clear();
        _held.Clear();
        _firm.Clear();
        _events.Clear();
        _shadowBuffer = _eventBuffer = 0;
    }

    private void Ring(int doorbell, uint value)
    {
        DoorbellWrites++;
        bool head = (doorbell & 1) != 0;
        if (!(head ? _completions : _submissions).TryGetValue(doorbell >> 1, out ModelQueue? queue) || value >= queue.Size)
        {
            StrayDoorbells++;
            return;
        }

        if (head)
        {
            queue.Head = (int)value;
        }
        else
        {
            queue.Tail = (int)value;
        }

        if (_thread is null)
        {
            ExecuteAll();
        }
    }
}
