using System.Runtime.CompilerServices;
using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>iommufd: its contexts, their objects, and what all its calls have in common.</summary>
internal sealed unsafe partial class FakeKernel
{
    private delegate int IommufdCall<T>(FakeIommufd iommufd, ref T command)
        where T : unmanaged;

    /// <summary>What stands for the node of iommufd in <see cref="Nodes"/>.</summary>
    public static object IommufdNode { get; } = new();

    /// <summary>Whether the process may choose how locked memory is counted (<c>CAP_SYS_RESOURCE</c>).</summary>
    public bool MayChooseAccounting { get; set; } = true;

    /// <summary>Whether the call that runs now came through a stranger's descriptor.</summary>
    public bool CalledByStranger => _caller is { Foreign: true };

    /// <summary>The contexts that are open, in order of their numbers.</summary>
    public IReadOnlyList<FakeIommufd> Iommufds
    {
        get
        {
            lock (_gate)
            {
                return [.. _open.Values.Select(static d => d.Target).OfType<FakeIommufd>().Distinct()];
            }
        }
    }

    /// <summary>All mappings, of containers and of spaces, by IOVA.</summary>
    public IReadOnlyList<FakeMapping> Mappings
    {
        get
        {
            lock (_gate)
            {
                return
                [
                    .. Containers.SelectMany(static it => it.Mappings.Values)
                        .Concat(Iommufds.SelectMany(static it => it.Spaces).SelectMany(static it => it.Areas.Values)
                            .Select(static it => it.ToMapping()))
                        .OrderBy(static it => it.Iova),
                ];
            }
        }
    }

    public int DestroyObject(int iommufd, iommu_destroy* destroy)
        => OnIommufd(iommufd, destroy, 8, (FakeIommufd it, ref iommu_destroy command) =>
        {
            if (it.Objects.GetValueOrDefault(command.id) is not { } found)
            {
                if (command.id != 0 && command.id <= it.LastId)
                {
                    Violations.Add($"DESTROY of object {command.id}, which is destroyed");
                }

                return -Errno.ENOENT;
            }

            if (found.Users != 0)
            {
                return -Errno.EBUSY;
            }

            it.Destroy(found);
            return 0;
        });

    public int Option(int iommufd, iommu_option* option)
        => OnIommufd(iommufd, option, sizeof(iommu_option), (FakeIommufd it, ref iommu_option command) =>
        {
            if (command.__reserved != 0)
            {
                return -Errno.EOPNOTSUPP;
            }

            return command.option_id switch
            {
                (uint)iommufd_option.IOMMU_OPTION_RLIMIT_MODE => OptionAccounting(it, ref command),
                (uint)iommufd_option.IOMMU_OPTION_HUGE_PAGES => OptionHugePages(it, ref command),
                _ => -Errno.EOPNOTSUPP,
            };
        });

    public int VfioIoas(int iommufd, iommu_vfio_ioas* ioas)
        => OnIommufd(iommufd, ioas, sizeof(iommu_vfio_ioas), static (FakeIommufd it, ref iommu_vfio_ioas command) =>
        {
            if (command.__reserved != 0)
            {
                return -Errno.EOPNOTSUPP;
            }

            switch (command.op)
            {
                case (ushort)iommufd_vfio_ioas_op.IOMMU_VFIO_IOAS_GET:
                    if (it.VfioIoas is not { } current)
                    {
                        return -Errno.ENODEV;
                    }

                    command.ioas_id = current.Id;
                    return 0;
                case (ushort)iommufd_vfio_ioas_op.IOMMU_VFIO_IOAS_SET:
                    if (it.Get<FakeIoas>(command.ioas_id) is not { } chosen)
                    {
                        return -Errno.ENOENT;
                    }

                    it.VfioIoas = chosen;
                    return 0;
                case (ushort)iommufd_vfio_ioas_op.IOMMU_VFIO_IOAS_CLEAR:
                    it.VfioIoas = null;
                    return 0;
                default:
                    return -Errno.EOPNOTSUPP;
            }
        });

    private int OptionAccounting(FakeIommufd it, ref iommu_option command)
    {
        if (command.object_id != 0)
        {
            return -Errno.EOPNOTSUPP;
        }

        if (command.op == (ushort)iommufd_option_ops.IOMMU_OPTION_OP_GET)
        {
            command.val64 = it.CountsProcess ? 1UL : 0;
            return 0;
        }

        if (command.op != (ushort)iommufd_option_ops.IOMMU_OPTION_OP_SET)
        {
            return -Errno.EOPNOTSUPP;
        }

        if (!MayChooseAccounting)
        {
            return -Errno.EPERM;
        }

        if (it.Objects.Count != 0)
        {
            return -Errno.EBUSY;
        }

        it.CountsProcess = command.val64 == 1;
        return command.val64 <= 1 ? 0 : -Errno.EINVAL;
    }

    private static int OptionHugePages(FakeIommufd it, ref iommu_option command)
    {
        if (it.Get<FakeIoas>(command.object_id) is not { } ioas)
        {
            return -Errno.ENOENT;
        }

        switch (command.op)
        {
            case (ushort)iommufd_option_ops.IOMMU_OPTION_OP_GET:
                command.val64 = ioas.SmallPages ? 0UL : 1;
                return 0;
            case (ushort)iommufd_option_ops.IOMMU_OPTION_OP_SET when command.val64 == 0:
                return ioas.DisableLargePages();
            case (ushort)iommufd_option_ops.IOMMU_OPTION_OP_SET when command.val64 == 1:
                ioas.EnableLargePages();
                return 0;
            case (ushort)iommufd_option_ops.IOMMU_OPTION_OP_SET:
                return -Errno.EINVAL;
            default:
                return -Errno.EOPNOTSUPP;
        }
    }

    /// <summary>
    /// Runs a call of iommufd on a copy of its structure, as large as the caller says that it is and at least as large
    /// as the first kernel that had the call knew it.
    /// </summary>
    private int OnIommufd<T>(int fd, T* user, int minimum, IommufdCall<T> call, [CallerMemberName] string method = "")
        where T : unmanaged
        => On<FakeIommufd>(
            fd,
            it =>
            {
                int size = (int)Math.Min(*(uint*)user, int.MaxValue);
                if (size < minimum)
                {
                    return -Errno.EINVAL;
                }

                T command = default;
                int known = Math.Min(size, sizeof(T));
                new Span<byte>(user, known).CopyTo(new Span<byte>(&command, known));
                if (size > known && new Span<byte>((byte*)user + known, size - known).ContainsAnyExcept((byte)0))
                {
                    return -Errno.E2BIG;
                }

                int result = call(it, ref command);
                if (result is 0 or -Errno.EMSGSIZE)
                {
                    new Span<byte>(&command, known).CopyTo(new Span<byte>(user, known));
                }

                return result;
            },
            method);

    /// <summary>Judges what the library leaves behind with its last descriptor of a context.</summary>
    private void Leave(FakeIommufd iommufd)
    {
        // The kernel clears up in the end, and until then nobody can reach what is left.
        foreach (FakeIommuObject left in iommufd.Objects.Values.Where(static it => it is { Foreign: false, Automatic: false }))
        {
            Violations.Add(left is FakeBoundDevice or FakeAccess
                ? $"close of iommufd before its device {left.Id}"
                : $"close of iommufd with {left.GetType().Name} {left.Id} in it");
        }

        if (iommufd.Groups.Any(static group => !group.IsStrangers))
        {
            Violations.Add("close of iommufd before its groups");
        }
    }
}
