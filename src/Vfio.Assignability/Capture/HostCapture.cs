using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Writes down what a host says of itself, so that the report on any of its devices can be made elsewhere.</summary>
/// <remarks>
/// <para>Reads the files that a report may rest on, and nothing else: no file that blocks, does something, or holds what a
/// device stores. Serial numbers, addresses, names and whatever else tells one machine or its owner from another are left out,
/// or replaced by numbers; <c>docs/capture.md</c> has the whole list. Nothing is written to the host's own files.</para>
/// <para>Needs no privilege, though root sees more. Thread-safe.</para>
/// </remarks>
public static class HostCapture
{
    /// <summary>Captures a host into a folder that <see cref="HostTree.At"/> reads.</summary>
    /// <param name="source">This host, or a captured one, which gives the same tree again.</param>
    /// <param name="folder">Where the tree goes: a folder that does not exist yet, or is empty. It appears when it is complete.</param>
    /// <exception cref="IOException">The folder holds something, or cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write there.</exception>
    public static CaptureSummary Write(HostTree source, string folder)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        using CaptureFolder target = CaptureFolder.Create(folder);
        var names = new PrivateNames(source);
        var writer = new CaptureWriter(source, target.Path, names);
        var devices = new DeviceCapture(writer);

        var pci = new PciCapture(writer, devices);
        pci.Write();
        new ClassCapture(writer, devices).Write();
        new SystemCapture(writer).Write();
        new ModuleCapture(writer).Write();
        new ProcCapture(writer).Write();
        new NodeCapture(writer, devices.Nodes).Write();
        new ProcessCapture(writer, devices.Nodes).Write();
        writer.WriteUnreadable();

        target.Complete();
        return new CaptureSummary(folder, pci.Functions, writer.Files, writer.Links, writer.Unreadable);
    }
}
