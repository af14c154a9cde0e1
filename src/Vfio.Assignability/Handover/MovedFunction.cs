using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>A function that a transaction has begun to move.</summary>
/// <param name="Device">The function.</param>
/// <param name="Before">What it had when the transaction came to it.</param>
/// <param name="Record">The record that is there now.</param>
/// <param name="Earlier">The record that was there before, or null.</param>
internal sealed record MovedFunction(PciAddress Device, FunctionState Before, BindingRecord Record, BindingRecord? Earlier);
