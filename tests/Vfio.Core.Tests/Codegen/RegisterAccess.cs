namespace Vfio.Core.Tests;

/// <summary>What a probe must come down to: loads or stores of one width, so many of them; zero for a loop.</summary>
internal readonly record struct RegisterAccess(bool IsStore, int Width, int Count);
