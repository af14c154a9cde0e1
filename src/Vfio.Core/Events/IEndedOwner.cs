namespace Vfio.Core;

/// <summary>An owner of a descriptor whose end, when it comes to those who wait, is not always that it was disposed.</summary>
internal interface IEndedOwner
{
    /// <summary>What a wait throws that the end has ended, or that comes after it.</summary>
    Exception Ended();
}
