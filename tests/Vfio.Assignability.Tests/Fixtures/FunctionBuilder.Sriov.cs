using System.Globalization;

namespace Vfio.Assignability.Tests;

/// <content>SR-IOV.</content>
internal sealed partial class FunctionBuilder
{
    private readonly List<FunctionBuilder> _virtual = [];
    private int? _virtualLimit;

    public FunctionBuilder? PhysicalFunction { get; private set; }

    /// <summary>It can have virtual functions; it has those that are added.</summary>
    public FunctionBuilder Sriov(int limit)
    {
        _virtualLimit = limit;
        byte[] body = new byte[60];
        (body[8], body[10]) = ((byte)limit, (byte)limit);
        return Extended(0x10, body);
    }

    /// <summary>One of its virtual functions, with a function level reset as all have.</summary>
    public FunctionBuilder Virtual(string address, int device)
    {
        FunctionBuilder function = Beside(address, Vendor, device, Class).Flr();
        function.PhysicalFunction = this;
        _virtual.Add(function);
        return function;
    }

    private void WriteSriov(TreeFolder tree)
    {
        if (PhysicalFunction is { } physical)
        {
            tree.LinkTo($"{Folder}/physfn", physical.Folder);
        }

        if (_virtualLimit is not { } limit)
        {
            return;
        }

        tree.Text($"{Folder}/sriov_totalvfs", limit.ToString(CultureInfo.InvariantCulture));
        tree.Text($"{Folder}/sriov_numvfs", _virtual.Count.ToString(CultureInfo.InvariantCulture));
        tree.Text($"{Folder}/sriov_offset", "128");
        tree.Text($"{Folder}/sriov_stride", "2");
        tree.Text($"{Folder}/sriov_drivers_autoprobe", "1");
        tree.Text($"{Folder}/sriov_vf_device", "10ed");
        tree.Text($"{Folder}/sriov_vf_total_msix", "0");
        for (int i = 0; i < _virtual.Count; i++)
        {
            tree.LinkTo(string.Create(CultureInfo.InvariantCulture, $"{Folder}/virtfn{i}"), _virtual[i].Folder);
        }
    }
}
