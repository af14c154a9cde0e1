namespace Vfio.Core;

/// <summary>Makes facts.</summary>
internal static class Facts
{
    /// <summary>Why a fact that was read is still not known.</summary>
    public const string Senseless = "makes no sense";

    public static HostFact<T> Known<T>(string path, T value, string? text) => new(FactState.Known, value, path, text, null);

    public static HostFact<T> Absent<T>(string path) => new(FactState.Absent, default, path, null, null);

    public static HostFact<T> Unknown<T>(string path, string problem, string? text = null) => new(FactState.Unknown, default, path, text, problem);
}
