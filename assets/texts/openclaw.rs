texts! {
    profile_name(name):
        "\"{name}\" is no profile name: letters, digits, - and _ only, at most 64",
        "“{name}”不是有效的配置名：只能包含字母、数字、- 和 _，最多 64 个字符";
    unknown_agent(agent, known):
        "the config has no agent \"{agent}\" (it has: {known})",
        "配置中没有名为“{agent}”的智能体（现有：{known}）";

    cannot_read(path, reason):
        "cannot read {path}: {reason}. Every file is as it was",
        "无法读取 {path}：{reason}。所有文件保持原样";
    cannot_write(path, reason):
        "cannot write {path}: {reason}. Every file is as it was",
        "无法写入 {path}：{reason}。所有文件保持原样";
    cannot_create_dir(path, reason):
        "cannot create the directory {path}: {reason}. Every file is as it was",
        "无法创建目录 {path}：{reason}。所有文件保持原样";
    cannot_back_up(path, reason):
        "cannot write the backup {path}: {reason}. Every file is as it was",
        "无法写入备份 {path}：{reason}。所有文件保持原样";
    cannot_lock(path, reason):
        "cannot create the lock {path}: {reason}. Every file is as it was",
        "无法创建锁文件 {path}：{reason}。所有文件保持原样";
    no_space: "no space left on the device", "磁盘空间不足";
    quota: "the disk quota is used up", "磁盘配额已用完";
    no_permission: "permission denied", "权限不足";
    read_only: "the file system is read-only", "文件系统为只读";
    not_a_dir: "a part of the path is not a directory", "路径中有一部分不是目录";
    is_a_dir: "it is a directory", "它是一个目录";
    not_a_file: "it is not a regular file", "它不是普通文件";
    io_error: "input/output error", "输入/输出错误";
    no_such_file: "no such file or directory", "文件或目录不存在";
    name_too_long: "the name is too long", "名称过长";
    too_big: "it would be larger than this process may write", "超过本进程允许写入的文件大小";
    link_loop: "too many symbolic links", "符号链接层数过多";

    malformed(path, problem):
        "{path} is not valid JSON5, {problem}. Nothing was touched.",
        "{path} 不是有效的 JSON5，{problem}。没有改动任何内容。";
    not_utf8(path, line, column):
        "{path} is not UTF-8 text (line {line}, column {column}). Nothing was touched",
        "{path} 不是 UTF-8 文本（第 {line} 行第 {column} 列）。没有改动任何内容";
    malformed_store(path, line, column):
        "OpenClaw's credential file {path} is not valid JSON (line {line}, column {column}). OpenClaw takes it for an empty one; it was not touched, so that nothing in it is lost",
        "OpenClaw 的凭据文件 {path} 不是有效的 JSON（第 {line} 行第 {column} 列）。OpenClaw 会把它当作空文件；为避免丢失内容，没有改动它";
    include(path, include, why):
        "{path} includes {include}, but {why}. Nothing was touched",
        "{path} 引用了 {include}，但{why}。没有改动任何内容";
    include_not_found: "there is no such file", "该文件不存在";
    include_outside: "that is outside the config's directory", "它位于配置目录之外";
    include_circular: "that leads back to itself", "引用形成了循环";
    include_too_deep: "that is nested more than 10 deep", "嵌套超过 10 层";
    include_not_text: "$include must be a path or a list of paths", "$include 必须是路径或路径列表";
    include_too_large: "that file is larger than 2 MiB", "该文件大于 2 MiB";
    include_siblings: "the file is no object, so nothing can stand beside it", "该文件不是对象，旁边不能再有其他键";
    owned_by_include(dotted, path):
        "{dotted} is joined from several files (one is {path}), so no single file can be edited. Nothing was touched",
        "{dotted} 由多个文件拼接而成（其中之一是 {path}），无法只修改一个文件。没有改动任何内容";
    wrong_root(path, expected):
        "{path} must be {expected}. Nothing was touched",
        "{path} 的内容必须是{expected}。没有改动任何内容";
    wrong_shape(path, dotted, expected):
        "in {path}, {dotted} must be {expected}. Nothing was touched",
        "{path} 中的 {dotted} 必须是{expected}。没有改动任何内容";
    refused(path, dotted, why):
        "OpenClaw refuses {path} as it is: at {dotted}, {why}. Nothing was touched",
        "OpenClaw 不接受现有的 {path}：位于 {dotted}，{why}。没有改动任何内容";
    misplaced(place): "which belongs below {place}", "它应位于 {place} 之下";
    no_model: "a model must be an object with id and name", "模型必须是包含 id 和 name 的对象";
    no_api: "no protocol that OpenClaw knows", "不是 OpenClaw 支持的协议";
    refused_key: "no such key", "没有这个键";
    refused_kind(found, wanted): "{found}, where {wanted} is wanted", "这里是{found}，应为{wanted}";
    refused_or: " or ", "或";
    refused_text: "text", "文本";
    refused_number: "a number", "数字";
    refused_boolean: "true or false", "true 或 false";
    warn_refused(version, what, command):
        "{version} refuses the config, so its gateway will not start: {what}. Run: {command}",
        "{version} 会拒绝此配置，网关将无法启动：{what}。请运行：{command}";
    openclaw_of(version): "OpenClaw {version}", "OpenClaw {version}";
    any_openclaw: "OpenClaw", "OpenClaw";
    an_object: "an object", "对象";
    an_array: "a list", "列表";
    edit(path, problem): "{path}: {problem}. Nothing was touched", "{path}：{problem}。没有改动任何内容";
    unproven(path, dotted):
        "the edited {path} would not say what was meant (at {dotted}). Nothing was written",
        "修改后的 {path} 与预期不符（位于 {dotted}）。没有写入任何内容";
    unsupported_store(version, kind):
        "OpenClaw {version} keeps credentials in a database that takes no {kind} from outside. Nothing was touched",
        "OpenClaw {version} 将凭据保存在数据库中，无法从外部写入{kind}。没有改动任何内容";
    symlinked_secret(path):
        "{path} is a symbolic link; credentials are not written through links. Nothing was touched",
        "{path} 是符号链接；不会通过链接写入凭据。没有改动任何内容";
    foreign_owner(path, uid):
        "{path} belongs to another user (uid {uid}). Every file is as it was",
        "{path} 属于另一个用户（uid {uid}）。所有文件保持原样";
    not_put_back(path):
        "writing failed half-way, and {path} could not be put back as it was",
        "写入中途失败，并且无法将 {path} 恢复原样";
    stored_already(problem, id):
        "{problem}. OpenClaw has stored the key as {id} already",
        "{problem}。OpenClaw 已将密钥保存为 {id}";
    changed_since_review(paths):
        "{paths} changed after this was reviewed, so nothing was written",
        "{paths} 在查看之后被修改过，因此没有写入任何内容";
    keeps_changing(path):
        "another program keeps changing {path}; after three tries it was left as it is",
        "另一个程序在不断修改 {path}；尝试三次后保持其原样";
    locked_by(path, pid):
        "another process (pid {pid}) holds {path}. Nothing was touched",
        "另一个进程（pid {pid}）正占用 {path}。没有改动任何内容";
    locked(path):
        "another process is changing {path}. Nothing was touched",
        "另一个进程正在修改 {path}。没有改动任何内容";
    handover(command, exit, said):
        "`{command}` did not store the key (exit {exit}): {said}",
        "“{command}”未能保存密钥（退出码 {exit}）：{said}";
    planted_link(path, uid):
        "{path} is a link of another user (uid {uid}) that leads to what is not theirs; run as root, this program does not follow it. Nothing was touched",
        "{path} 是另一用户（uid {uid}）的链接，指向不属于该用户的位置；以 root 运行时本程序不会跟随它。没有改动任何内容";
    hint_planted_link:
        "Run this as the user whose home it is, without sudo.",
        "请以该主目录的用户身份运行，不要使用 sudo。";
    warn_run_cleared:
        "An earlier run was stopped before it had changed anything; what it left beside the files is removed.",
        "之前的一次运行在做出任何改动之前被终止；它留在文件旁的内容已清除。";
    warn_run_completed:
        "An earlier run was stopped just after its write: the write is complete, what was left over is removed, and undo knows it.",
        "之前的一次运行在写入之后被终止：写入是完整的，残留内容已清除，并且可以撤销。";
    warn_run_taken_back:
        "An earlier run was stopped in the middle of its write; the files it had changed have their old contents again.",
        "之前的一次运行在写入途中被终止；它改动过的文件已恢复原内容。";
    warn_run_undone:
        "An undo was stopped in the middle; it has been finished now.",
        "之前的撤销在途中被终止；现已完成。";
    warn_run_left_alone:
        "An earlier run was stopped in the middle, and the files were changed since: they stay as they are; what it left beside them is removed.",
        "之前的一次运行在途中被终止，而文件此后又有改动：文件保持原样；它留在旁边的内容已清除。";
    warn_attributes(path, names):
        "{path} has lost attributes that the file had, because its file system or your rights do not allow them: {names}",
        "{path} 失去了原文件的以下属性，因为文件系统或您的权限不允许保留：{names}";
    warn_hard_link(path):
        "{path} was a hard link: its other names still have the old content.",
        "{path} 是硬链接：它的其他名称仍指向旧内容。";
    interrupted: "interrupted; every file is as it was", "已中断；所有文件都保持原样";
    nothing_to_undo: "there is nothing to undo", "没有可以撤销的操作";
    only_handed_over(id):
        "the last change was the credential {id}, which is in OpenClaw's own store; this program cannot put back what it replaced",
        "上次更改是凭据 {id}，它保存在 OpenClaw 自己的存储中；本程序无法恢复被它替换的内容";
    changed_since(path):
        "{path} has changed since the last write, so it was left as it is; nothing was undone",
        "{path} 在上次写入之后又被修改过，因此保持原样；没有撤销任何内容";
    backup_gone(path):
        "the backup {path} is gone or has changed; nothing was undone",
        "备份 {path} 已不存在或已被修改；没有撤销任何内容";

    hint_fix_place: "Correct that place in an editor, then run this again.", "请在编辑器中改正该处，然后重新运行。";
    hint_fix_store(path):
        "Correct it, or move it away (mv {path} {path}.broken) to start with an empty one.",
        "请改正它，或将其移走（mv {path} {path}.broken）以便从空文件开始。";
    hint_validate: "`openclaw config validate` explains what the config must look like.", "“openclaw config validate”会说明配置应有的格式。";
    hint_fix_include: "Correct the $include, then run this again.", "请改正 $include，然后重新运行。";
    hint_one_file: "Keep that list in one file, then run this again.", "请将该列表放在同一个文件中，然后重新运行。";
    hint_report: "This is a bug in this program; please report it.", "这是本程序的缺陷，请报告。";
    hint_oauth_new_store:
        "Use an API key instead, or sign in with `openclaw models auth login --provider chutes --method oauth`.",
        "请改用 API 密钥，或运行“openclaw models auth login --provider chutes --method oauth”登录。";
    hint_key_new_store:
        "Name the program with --openclaw PATH, or store the key with `openclaw models auth paste-api-key --provider chutes --profile-id chutes:default`; then run this again.",
        "请用 --openclaw PATH 指定程序位置，或先运行“openclaw models auth paste-api-key --provider chutes --profile-id chutes:default”保存密钥，然后重新运行。";
    hint_symlink: "Replace the link by the file it leads to, then run this again.", "请用链接所指的文件替换该链接，然后重新运行。";
    hint_put_back(backup, path):
        "Its old contents are in {backup}. Put them back with: mv {backup} {path}",
        "其原内容保存在 {backup}。恢复命令：mv {backup} {path}";
    hint_take_away(path):
        "The file is new. Take it away with: rm {path}",
        "该文件是新建的。删除命令：rm {path}";
    hint_junk_lock(path):
        "Try again in a moment. If no OpenClaw is running, the lock was left behind: remove {path}.lock",
        "请稍后重试。如果没有 OpenClaw 在运行，则该锁是残留的：请删除 {path}.lock";
    hint_again: "Try again in a moment.", "请稍后重试。";
    hint_handover:
        "Run that command yourself to see more; `openclaw doctor` may help.",
        "可以自行运行该命令查看详情；“openclaw doctor”也许有帮助。";
    hint_backups: "The backups beside the files (*.chutes-backup-*) hold the old contents.", "文件旁的备份（*.chutes-backup-*）保存着旧内容。";
    hint_space: "Free some space, then run this again.", "请释放一些空间，然后重新运行。";
    hint_read(path): "Make it readable: chmod u+r {path}", "请使其可读：chmod u+r {path}";
    hint_owner(path):
        "Check who owns it and its directory: ls -ld {path} \"$(dirname {path})\"",
        "请检查该文件及其目录的属主：ls -ld {path} \"$(dirname {path})\"";
    hint_give_back(path):
        "It belongs to another user, as after a run with sudo. Take it back: sudo chown -R \"$(id -un)\" {path}",
        "它属于另一个用户，例如用 sudo 运行之后。请收回属主：sudo chown -R \"$(id -un)\" {path}";
    hint_read_only: "Mount the file system writable, or point OPENCLAW_CONFIG_PATH and OPENCLAW_STATE_DIR elsewhere.", "请以可写方式挂载文件系统，或将 OPENCLAW_CONFIG_PATH 和 OPENCLAW_STATE_DIR 指向别处。";
    hint_in_the_way(path): "Move {path} out of the way, then run this again.", "请将 {path} 移开，然后重新运行。";

    warn_gateway_mode:
        "The config has no gateway.mode, so `openclaw gateway run` will not start. Run: openclaw config set gateway.mode local",
        "配置中没有 gateway.mode，“openclaw gateway run”将无法启动。请运行：openclaw config set gateway.mode local";
    warn_config_json(path):
        "{path} is never read by OpenClaw; the config is written to openclaw.json beside it.",
        "OpenClaw 从不读取 {path}；配置写入其旁边的 openclaw.json。";
    warn_aliases(names):
        "These aliases were written backwards and are put right: {names}.",
        "以下别名写反了，已更正：{names}。";
    warn_replaced(ids):
        "The Chutes credential of the other kind is replaced: {ids}.",
        "另一种类型的 Chutes 凭据将被替换：{ids}。";
    key_stays(name): "The API key “{name}”, which this program made, is still valid. To delete it: chutes.ai, Settings, API keys.", "本程序创建的 API 密钥“{name}”仍然有效。删除方法：chutes.ai，Settings，API keys。";
    key_unheard(name): "An earlier run was cut off while Chutes made the API key “{name}”. If it is there, delete it: chutes.ai, Settings, API keys.", "先前的运行在 Chutes 创建 API 密钥“{name}”时中断。如果它存在，请删除：chutes.ai，Settings，API keys。";
    app_stays(name, id): "The OAuth app “{name}” ({id}), which this program registered, stays at Chutes. To delete it: chutes.ai, Settings, OAuth apps.", "本程序注册的 OAuth 应用“{name}”（{id}）仍保留在 Chutes。删除方法：chutes.ai，Settings，OAuth apps。";
    app_unheard(name): "An earlier run was cut off while Chutes registered the OAuth app “{name}”. If it is there, delete it: chutes.ai, Settings, OAuth apps.", "先前的运行在 Chutes 注册 OAuth 应用“{name}”时中断。如果它存在，请删除：chutes.ai，Settings，OAuth apps。";
    warn_no_openclaw:
        "No OpenClaw was found, so the credential is where every version reads it: in .env, named by the config.",
        "没有找到 OpenClaw，因此凭据放在每个版本都会读取的地方：.env 中，由配置引用。";
    warn_openclaw_version_unknown(program):
        "{program} --version does not tell a version of OpenClaw, so the credential is where every version reads it: in .env, named by the config. --openclaw PATH names another one.",
        "{program} --version 没有给出 OpenClaw 的版本，因此凭据放在每个版本都会读取的地方：.env 中，由配置引用。可用 --openclaw PATH 指定另一个。";
    warn_own_model(agent, model):
        "The agent {agent} has a model of its own ({model}), so the new default does not reach it.",
        "智能体 {agent} 单独设置了模型（{model}），新的默认模型对它不起作用。";
}
