texts! {
    syntax(line, column, what): "line {line}, column {column}: {what}", "第 {line} 行第 {column} 列：{what}";
    empty: "the file is empty", "文件是空的";
    expected_value: "a value is expected here", "此处应为一个值";
    expected_key: "a key is expected here", "此处应为一个键名";
    expected_colon: "a colon is missing after the key", "键名后缺少冒号";
    expected_comma: "a comma or the closing bracket is missing before this", "此处之前缺少逗号或右括号";
    unclosed_string: "this string is not closed on its line", "此字符串在本行内没有结束";
    unclosed_comment: "this comment is never closed", "此注释没有结束";
    unclosed_container: "this bracket is never closed", "此括号没有闭合";
    bad_escape: "this escape is not allowed", "此转义序列不合法";
    bad_number: "this is not a number", "此处不是合法的数字";
    unexpected: "this character is not expected here", "此处不应有该字符";
    after_end: "something follows the end of the document", "文档结束之后还有内容";
    too_deep: "nested deeper than 256 levels", "嵌套超过 256 层";

    in_the_way(path, found, line, column):
        "{path} is {found} (line {line}, column {column}), so nothing can be set inside it; change it by hand first",
        "{path} 是{found}（第 {line} 行第 {column} 列），无法在其中设置内容；请先手动修改";
    in_the_way_new(path, found):
        "{path} is {found}, so nothing can be set inside it",
        "{path} 是{found}，无法在其中设置内容";
    duplicate(path, first, second):
        "{path} is written twice (lines {first} and {second}), so which one is meant is unclear; remove one of them first",
        "{path} 出现了两次（第 {first} 行和第 {second} 行），无法确定以哪个为准；请先删除其中一个";
    no_such_index(path, index, length):
        "{path} has {length} elements, so there is no place {index} to write to",
        "{path} 只有 {length} 个元素，没有可写入的第 {index} 号位置";
    root: "the whole document cannot be removed", "不能删除整个文档";
    edit_too_deep(path): "{path} would be nested deeper than 256 levels", "{path} 的嵌套将超过 256 层";
    unproven(part):
        "the edited text did not pass its check ({part}), so nothing was written; please report this as a bug",
        "修改后的文本未通过校验（{part}），因此没有写入任何内容；请将此作为缺陷报告";
    unproven_syntax: "it is not valid JSON5", "不是合法的 JSON5";
    unproven_value: "its value is not the intended one", "其值与预期不符";
    unproven_bytes: "it differs outside the intended places", "预期位置之外也有改动";
    a_bool: "true or false", "布尔值";
    a_number: "a number", "数字";
    a_string: "a string", "字符串";
    an_array: "an array", "数组";
    an_object: "an object", "对象";
}
