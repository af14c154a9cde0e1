using System.Diagnostics.CodeAnalysis;

namespace Vfio.Core;

/// <summary>Something that a file or link of a host says, with the file and its raw text, so that it can be shown as evidence.</summary>
/// <typeparam name="T">What the text means.</typeparam>
/// <param name="State">Whether it is known, absent, or cannot be known.</param>
/// <param name="Value">The value where it is known, else the type's default.</param>
/// <param name="Path">The file or link, as the host itself would name it, such as <c>/sys/bus/pci/devices/0000:00:03.0/class</c>.</param>
/// <param name="Text">The raw text, where there was any.</param>
/// <param name="Problem">Why it cannot be known, where it cannot.</param>
/// <remarks>Immutable, and so thread-safe.</remarks>
public readonly record struct HostFact<T>(FactState State, T? Value, string Path, string? Text, string? Problem)
{
    /// <summary>Whether it was read and understood.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsKnown => State == FactState.Known;

    /// <summary>Whether it cannot be known, which is not the same as absent.</summary>
    public bool IsUnknown => State == FactState.Unknown;

    /// <summary>Makes something else of the value.</summary>
    /// <param name="convert">Gives the new value, or null where the old one makes no sense; then the fact is unknown.</param>
    public HostFact<TResult> Convert<TResult>(Func<T, TResult?> convert)
        where TResult : class
    {
        ArgumentNullException.ThrowIfNull(convert);
        return !IsKnown ? new(State, null, Path, Text, Problem)
            : convert(Value) is { } value ? new(FactState.Known, value, Path, Text, null)
            : new(FactState.Unknown, null, Path, Text, Facts.Senseless);
    }

    /// <summary>Makes a number or another value of the value.</summary>
    /// <inheritdoc cref="Convert{TResult}(Func{T, TResult})"/>
    public HostFact<TResult> ConvertValue<TResult>(Func<T, TResult?> convert)
        where TResult : struct
    {
        ArgumentNullException.ThrowIfNull(convert);
        return !IsKnown ? new(State, default, Path, Text, Problem)
            : convert(Value) is { } value ? new(FactState.Known, value, Path, Text, null)
            : new(FactState.Unknown, default, Path, Text, Facts.Senseless);
    }
}
