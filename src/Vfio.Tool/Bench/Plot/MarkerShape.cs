namespace Vfio.Tool.Bench.Plot;

/// <summary>The marks on the points of a series, which tell series apart without their colours.</summary>
internal enum MarkerShape
{
    Circle,
    Square,
    Triangle,
    Diamond,
    Inverted,
    Cross,
    Plus,
}
