namespace Vfio.BindingGenerator.Model;

/// <summary>
/// Everything that the C front end says about the wanted API: enough to write the C# files without the headers.
/// </summary>
internal sealed record ApiModel(IReadOnlyDictionary<string, string> Packages, IReadOnlyList<HeaderModel> Headers);
