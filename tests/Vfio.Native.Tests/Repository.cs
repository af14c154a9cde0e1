namespace Vfio.Native.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Path(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "interop", "KERNEL_VERSION")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no checkout of the repository around {AppContext.BaseDirectory}");
    }
}
