using System.Xml.Linq;
using Vfio.BindingGenerator.Model;
using Vfio.BindingGenerator.Wanted;

namespace Vfio.BindingGenerator.Frontend;

/// <summary>Reads what is wanted out of the headers.</summary>
internal sealed class ApiReader
{
    private readonly CFrontend _frontend;
    private readonly IReadOnlyList<WantedHeader> _wanted;
    private readonly string _umbrella;
    private readonly Dictionary<XElement, string> _recordsAndEnums;
    private readonly XDocument _xml;
    private readonly TypeResolver _types;
    private readonly Dictionary<string, string> _files;

    private ApiReader(CFrontend frontend, IReadOnlyList<WantedHeader> wanted)
    {
        _frontend = frontend;
        _wanted = wanted;
        _umbrella = CFrontend.Include(wanted.SelectMany(header => header.Includes));
        _xml = frontend.Parse(_umbrella);
        _files = _xml.Root!.Elements("File")
            .ToDictionary(file => file.Name("id"), file => file.Name("name"), StringComparer.Ordinal);
        _recordsAndEnums = FindRecordsAndEnums();
        var bound = _recordsAndEnums.Keys.Select(element => element.OptionalName()).ToHashSet(StringComparer.Ordinal);
        _types = new(_xml, name => name.Length > 0 && bound.Contains(name));
    }

    public static ApiModel Read(
        IReadOnlyList<string> includeDirectories,
        IReadOnlyList<WantedHeader> wanted,
        IReadOnlyDictionary<string, string> packages)
    {
        using var frontend = new CFrontend(includeDirectories);
        return new(packages, new ApiReader(frontend, wanted).ReadHeaders());
    }

    private static bool IsIn(string file, string header) => file.EndsWith("/" + header, StringComparison.Ordinal);

    private HeaderModel[] ReadHeaders()
    {
        var macros = _wanted.ToDictionary(header => header, ReadMacros);
        var evaluator = new MacroEvaluator(_frontend, _umbrella);
        (IReadOnlyDictionary<string, ConstantModel> constants, IReadOnlyList<SkippedMacro> skipped) =
            evaluator.Evaluate(macros.Values
                .SelectMany(list => list)
                .DistinctBy(macro => macro.Name, StringComparer.Ordinal));
        Dictionary<string, SkippedMacro> reasons = skipped.ToDictionary(macro => macro.Name, StringComparer.Ordinal);

        // Two sections of one class may both match a name; the first one has it.
        var taken = new HashSet<(string, string)>();
        return [.. _wanted.Select(header => ReadHeader(
            header,
            [.. macros[header].Where(macro => taken.Add((header.ClassName, macro.Name)))],
            constants,
            reasons))];
    }

    private HeaderModel ReadHeader(
        WantedHeader header,
        IReadOnlyList<Macro> macros,
        IReadOnlyDictionary<string, ConstantModel> constants,
        Dictionary<string, SkippedMacro> skipped)
    {
        XElement[] own = [.. _recordsAndEnums.Where(pair => pair.Value == header.Header).Select(pair => pair.Key)];
        var records = new RecordReader(_types);
        EnumModel[] enums = [.. own.Where(element => element.Name == "Enumeration").Select(ReadEnum)];

        // Enumerators of an enum without a name have no other place than among the macros they stand between.
        IEnumerable<(int Line, ConstantModel Constant)> enumerators = enums
            .Where(item => item.Name.Length == 0)
            .SelectMany(item => item.Members
                .Select(member => (item.Line, member with { Type = Narrow(item, member) })));
        IEnumerable<(int Line, ConstantModel Constant)> values = macros
            .Where(macro => constants.ContainsKey(macro.Name))
            .Select(macro => (header.IsWhole ? macro.Line : 0, constants[macro.Name]));

        return new(
            header.Header,
            header.Package,
            header.Folder,
            header.ClassName,
            [.. values.Concat(enumerators).OrderBy(item => item.Line).Select(item => item.Constant)],
            [.. enums.Where(item => item.Name.Length > 0)],
            [.. own.Where(element => element.Name != "Enumeration").Select(element => records.Read(element))],
            ReadFunctions(header),
            [.. macros.Where(macro => skipped.ContainsKey(macro.Name)).Select(macro => skipped[macro.Name])]);
    }

    // In C an enumerator is an int unless its value needs more.
    private static string Narrow(EnumModel item, ConstantModel member) =>
        int.TryParse(member.Value, System.Globalization.CultureInfo.InvariantCulture, out _) ? "int" : item.Type;

    private Macro[] ReadMacros(WantedHeader header)
    {
        IReadOnlyList<Macro> visible = MacroScanner.Scan(_frontend.Preprocess(CFrontend.Include(header.Includes)));
        Macro[] macros = header.IsWhole
            ? [.. visible.Where(macro => IsIn(macro.File, header.Header))]
            : [.. visible.Where(macro => header.Names.Any(name => name.Matches(macro.Name)))];
        foreach (WantedName name in header.Names)
        {
            if (!name.IsEverything && !macros.Any(macro => name.Matches(macro.Name)) && !IsDeclared(name))
            {
                throw new GeneratorException(
                    $"line {name.Line} of the list matches nothing in {header.Header}: {name.Pattern}");
            }
        }

        return macros;
    }

    private bool IsDeclared(WantedName name) => _xml.Root!.Elements()
        .Any(element => element.Name.LocalName is "Function" or "Struct" or "Union" or "Enumeration"
            && name.Matches(element.OptionalName()));

    private Dictionary<XElement, string> FindRecordsAndEnums()
    {
        var found = new Dictionary<XElement, string>();
        string globalNamespace = _xml.Root!.Element("Namespace")!.Name("id");
        foreach (XElement element in _xml.Root.Elements()
            .Where(element => element.Name.LocalName is "Struct" or "Union" or "Enumeration"))
        {
            string name = element.OptionalName();
            WantedHeader? header = _wanted.FirstOrDefault(header => header.IsWhole
                ? IsIn(_files[element.Name("file")], header.Header)
                : name.Length > 0 && header.Names.Any(wanted => wanted.IsExact && wanted.Matches(name)));
            bool isComplete = element.Attribute("incomplete") is null;
            // A struct without a name is described where it is a member.
            bool standsAlone = name.Length > 0 || element.Name == "Enumeration";
            if (header is not null && isComplete && standsAlone && element.Name("context") == globalNamespace)
            {
                found.Add(element, header.Header);
            }
        }

        return found;
    }

    private EnumModel ReadEnum(XElement element)
    {
        string type = _types.Constant(element.Name("type"));
        ConstantModel[] members = [.. element.Elements("EnumValue")
            .Select(value => new ConstantModel(value.Name("name"), type, value.Name("init"), null))];
        return new(element.OptionalName(), element.Number("line"), type, members);
    }

    private FunctionModel[] ReadFunctions(WantedHeader header)
    {
        var functions = new List<FunctionModel>();
        foreach (WantedName name in header.Names.Where(name => name.IsExact))
        {
            XElement? function = _xml.Root!.Elements("Function").FirstOrDefault(f => f.OptionalName() == name.Pattern);
            if (function is null)
            {
                continue;
            }

            bool isVariadic = function.Element("Ellipsis") is not null;
            if (isVariadic != (name.Tail is not null))
            {
                throw new GeneratorException(
                    $"line {name.Line} of the list: {name.Pattern} is {(isVariadic ? "" : "not ")}variadic");
            }

            ParameterModel[] parameters = [.. function.Elements("Argument").Select(argument =>
                new ParameterModel(argument.Name("name").TrimStart('_'), _types.Resolve(argument.Name("type"))))];
            functions.Add(new(name.Pattern, _types.Resolve(function.Name("returns")), parameters, name.Tail));
        }

        return [.. functions];
    }
}
