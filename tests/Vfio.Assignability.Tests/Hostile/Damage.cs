namespace Vfio.Assignability.Tests;

/// <summary>Puts something else in the place of a file, link or folder of a tree, and takes it away again.</summary>
internal sealed class Damage : IDisposable
{
    /// <summary>What stands in a file outside of the tree, where no link may lead.</summary>
    public const string Secret = "root:x:0:0";

    private const int Kinds = 14;

    private static readonly string[] _texts =
    [
        "0x", "-1", "99999999999999999999999", "0x10000", "(null)", "vfio-pci", "../../../..", "\0\0\0\0", "a\nb\rc\td", "pm bus bus flr flr", "::..", "0x0 0xffffffffffffffff direct",
    ];

    private static readonly string[] _names =
    [
        "0000:01:00.8", "ffffffff:ff:1f.7", "0000:01:00.0 ", "0000:01:00", "virtfn99", "vfio-dev", "a\nb", "ü\u202e", ".hidden", "-rf", "noiommu-vfio0", "physfn", "0", "%s%n",
    ];

    private readonly string _stash;
    private readonly string[] _paths;
    private readonly Stack<(string Path, string? Original)> _done = new();

    public Damage(string root)
    {
        // Beside the tree, so that things are moved from one to the other by name alone.
        _stash = Directory.CreateDirectory($"{root}-stash").FullName;
        _paths = [.. Everything(root)];
        File.WriteAllText($"{_stash}/secret", Secret);
    }

    /// <summary>How many bytes of a script one damage takes.</summary>
    public static int BytesEach => 4;

    /// <summary>Does what four bytes say.</summary>
    public void Inflict(ReadOnlySpan<byte> script)
    {
        string path = _paths[((script[1] << 8) | script[2]) * 7919 % _paths.Length];
        if (!IsBehindDamage(path))
        {
            Inflict(path, script[0] % Kinds, script[3]);
        }
    }

    /// <summary>All as it was.</summary>
    public void Undo()
    {
        while (_done.TryPop(out (string Path, string? Original) done))
        {
            Remove(done.Path);
            if (done.Original is { } original)
            {
                Libc.Move(original, done.Path);
            }
        }
    }

    public void Dispose()
    {
        Undo();
        Directory.Delete(_stash, recursive: true);
    }

    private void Inflict(string path, int kind, byte detail)
    {
        if (kind == 0)
        {
            // A name that does not belong there, beside the others.
            string odd = $"{Path.GetDirectoryName(path)}/{_names[detail % _names.Length]}";
            if (!Exists(odd))
            {
                _done.Push((odd, null));
                File.WriteAllText(odd, "0x8086\n");
            }

            return;
        }

        byte[] before = IsFile(path) ? File.ReadAllBytes(path) : [];
        string original = $"{_stash}/{_done.Count}";
        Libc.Move(path, original);
        _done.Push((path, original));
        Replace(path, kind, detail, before);
    }

    private void Replace(string path, int kind, byte detail, byte[] before)
    {
        switch (kind)
        {
            case 1:
                break;
            case 2:
                File.WriteAllBytes(path, before[..(before.Length * detail / 256)]);
                break;
            case 3:
                File.WriteAllBytes(path, Noise(detail, detail * 16));
                break;
            case 4:
                File.WriteAllText(path, _texts[detail % _texts.Length] + "\n");
                break;
            case 5:
                _ = Directory.CreateDirectory(path);
                break;
            case 6:
                _ = File.CreateSymbolicLink(path, Path.GetFileName(path));
                break;
            case 7:
                _ = File.CreateSymbolicLink(path, $"{_stash}/secret");
                break;
            case 8:
                _ = File.CreateSymbolicLink(path, Path.GetRelativePath(Path.GetDirectoryName(path)!, $"{_stash}/secret"));
                break;
            case 9:
                _ = File.CreateSymbolicLink(path, detail % 2 == 0 ? "/" : "..");
                break;
            case 10:
                Huge(path);
                break;
            case 11:
                Libc.MakePipe(path);
                break;
            case 12:
                File.WriteAllBytes(path, Flipped(before, detail));
                break;
            default:
                _ = File.CreateSymbolicLink(path, "../0000:01:00.0/" + _names[detail % _names.Length]);
                break;
        }
    }

    private static byte[] Noise(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Flipped(byte[] before, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < Math.Min(16, before.Length); i++)
        {
            before[random.Next(before.Length)] = (byte)random.Next(256);
        }

        return before;
    }

    private static void Huge(string path)
    {
        using FileStream file = File.Create(path);
        file.SetLength(64 << 20);
    }

    // There a link may lead out of the tree to what is not ours to damage, and a pipe would not let go of us.
    private bool IsBehindDamage(string path)
        => _done.Any(done => path == done.Path || path.StartsWith(done.Path + "/", StringComparison.Ordinal));

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    private static bool IsFolder(string path) => !IsLink(path) && Directory.Exists(path);

    private static bool IsFile(string path) => !IsLink(path) && File.Exists(path);

    private static bool Exists(string path) => IsLink(path) || Path.Exists(path);

    private static void Remove(string path)
    {
        if (IsFolder(path))
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
    }

    // Not what links lead to.
    private static IEnumerable<string> Everything(string folder)
    {
        foreach (string path in Directory.GetFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            yield return path;
            if (IsFolder(path))
            {
                foreach (string inner in Everything(path))
                {
                    yield return inner;
                }
            }
        }
    }
}
