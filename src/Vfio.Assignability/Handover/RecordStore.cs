using System.Text;
using System.Text.Json;
using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>The records of what functions had: one file each, replaced in one piece. A function's record is its lock holder's to change.</summary>
internal sealed class RecordStore(HandoverSite site)
{
    private const int MaxLength = 64 << 10;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private readonly string _folder = site.RecordFolder;

    /// <summary>The file of a function's record.</summary>
    public string FileOf(PciAddress address) => Path.Combine(_folder, $"{address}.json");

    /// <summary>The file that is locked while a function is moved.</summary>
    public string LockFileOf(PciAddress address) => Path.Combine(_folder, $"{address}.lock");

    /// <summary>Makes the folder if there is none, and refuses one that others may write into.</summary>
    /// <exception cref="VfioException">It cannot be made, or cannot be trusted.</exception>
    public void RequireFolder()
    {
        string parent = Path.GetDirectoryName(_folder)!;
        try
        {
            Directory.CreateDirectory(parent, OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
            Directory.CreateDirectory(_folder, OwnerOnly);
            foreach (string folder in new[] { parent, _folder })
            {
                if (IsOpenToOthers(folder))
                {
                    throw HandoverErrors.Records(folder, "others than its owner may write into this folder, or it is a link", null);
                }
            }
        }
        catch (Exception error) when (error is UnauthorizedAccessException || error is IOException and not VfioException)
        {
            throw HandoverErrors.Records(_folder, "it cannot be written down what functions had: " + error.Message, error);
        }
    }

    /// <summary>Reads a function's record.</summary>
    public RecordFound Read(PciFunction function)
    {
        string file = FileOf(function.Address);
        if (!File.Exists(file) && new FileInfo(file).LinkTarget is null)
        {
            return Directory.Exists(file) ? new RecordFound(null, Reason(file, "it is a folder")) : RecordFound.None;
        }

        if (IsOpenToOthers(file))
        {
            return new RecordFound(null, Reason(file, "others than its owner may write it, or it is a link"));
        }

        HostFact<byte[]> bytes = HostTree.Local.ReadBytes(file, MaxLength);
        if (!bytes.IsKnown)
        {
            return new RecordFound(null, Reason(file, bytes.Problem ?? "it is gone"));
        }

        try
        {
            BindingRecord? record = JsonSerializer.Deserialize(bytes.Value, HandoverJson.Default.BindingRecord);
            return (record is null ? "it is empty" : Check(record, function)) is { } wrong
                ? new RecordFound(null, Reason(file, wrong))
                : new RecordFound(record, null);
        }
        catch (JsonException error)
        {
            return new RecordFound(null, Reason(file, $"it is no record, as line {error.LineNumber + 1} shows"));
        }
    }

    /// <summary>Writes a function's record, in one piece.</summary>
    /// <exception cref="VfioException">It could not be written.</exception>
    public void Write(PciAddress address, BindingRecord record)
    {
        string file = FileOf(address);
        string part = file + ".part";
        try
        {
            File.Delete(part);
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };

            // It need not outlive the machine, which forgets its drivers too.
            using (var stream = new FileStream(part, options))
            {
                stream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(record, HandoverJson.Default.BindingRecord) + "\n"));
            }

            File.Move(part, file, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw HandoverErrors.Record(address, file, error);
        }
    }

    /// <summary>Forgets what a function had.</summary>
    /// <exception cref="VfioException">The file could not be deleted.</exception>
    public void Delete(PciAddress address)
    {
        string file = FileOf(address);
        try
        {
            File.Delete(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw HandoverErrors.Record(address, file, error);
        }
    }

    private static bool IsOpenToOthers(string path)
        => new FileInfo(path).LinkTarget is not null || (File.GetUnixFileMode(path) & WritableByOthers) != UnixFileMode.None;

    private static string Reason(string file, string why) => $"{file} is ignored: {why}";

    private string? Check(BindingRecord record, PciFunction function)
        => record.Schema != BindingRecord.CurrentSchema ? $"its form is {record.Schema}, and {BindingRecord.CurrentSchema} is known"
        : record.Device != function.Address.ToString() ? "it is another function's"
        : record.BootId != site.BootId() ? "it is from before the machine was started"
        : record.Ids != function.Ids ? $"it is of another device, {Shown(record.Ids)}, and {function.Ids} is here now"
        : !DriverName.IsValid(record.BoundTo) || (record.Before is { } before && !MakesSense(before)) ? "a name in it is none of a driver or a module"
        : record.Pending is { } pending && (pending.ProcessId <= 0 || string.IsNullOrEmpty(pending.Step)) ? "what it says of a pending step makes no sense"
        : null;

    private static bool MakesSense(RecordedState before)
        => (before.Driver is not { } driver || IsFileName(driver))
        && (before.Module is not { } module || DriverName.IsValid(module))
        && (before.DriverOverride is not { } name || IsOneLine(name));

    // Some drivers have blanks and brackets in their names.
    private static bool IsFileName(string name) => IsOneLine(name) && !name.Contains('/') && name[0] is not ('-' or '.');

    private static bool IsOneLine(string text) => text is { Length: > 0 and <= 255 } && !text.Any(char.IsControl);

    // What a hostile file says goes to a terminal.
    private static string Shown(string? text)
        => text is { Length: <= 16 } && text.All(static c => char.IsAsciiLetterOrDigit(c) || c == ':') ? text : "of senseless ids";
}
