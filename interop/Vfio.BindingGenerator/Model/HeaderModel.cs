namespace Vfio.BindingGenerator.Model;

/// <summary>What is bound of one C header, in the header's own order.</summary>
internal sealed record HeaderModel(
    string Header,
    string Package,
    string Folder,
    string ClassName,
    IReadOnlyList<ConstantModel> Constants,
    IReadOnlyList<EnumModel> Enums,
    IReadOnlyList<RecordModel> Records,
    IReadOnlyList<FunctionModel> Functions,
    IReadOnlyList<SkippedMacro> Skipped);
