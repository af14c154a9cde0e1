using FsCheck;

namespace Vfio.Core.Tests;

/// <summary>Runs properties.</summary>
internal static class Hold
{
    /// <summary>Tries the property on random inputs, and fails with the smallest that breaks it.</summary>
    public static void Always(Property property, int tests = 200, int size = 200)
        => Check.One(Config.QuickThrowOnFailure.WithMaxTest(tests).WithEndSize(size), property);
}
