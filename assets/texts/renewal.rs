texts! {
    cut_off(at):
        "A renewal was sent at {at} and cut off before its answer was stored: the refresh token that it sent is spent, and the new one is lost. Sign in again.",
        "{at} 发出的续期请求在其响应保存之前中断：发出的刷新令牌已失效，新令牌已丢失。请重新登录。";

    helper_unknown:
        "This OpenClaw runs this program for the access token, and it is not known where this program is. Nothing was touched",
        "此版本的 OpenClaw 通过运行本程序来获取访问令牌，但无法确定本程序的位置。没有改动任何内容";
    helper_symlink(path):
        "This OpenClaw runs this program for the access token, and it does not run a symbolic link: {path}. Nothing was touched",
        "此版本的 OpenClaw 通过运行本程序来获取访问令牌，但不会运行符号链接：{path}。没有改动任何内容";
    helper_writable(path, mode):
        "This OpenClaw runs this program for the access token, and it runs nothing that others may write: {path} has mode {mode}. Nothing was touched",
        "此版本的 OpenClaw 通过运行本程序来获取访问令牌，但不会运行他人可写的文件：{path} 的权限为 {mode}。没有改动任何内容";
    helper_owner(path, uid):
        "This OpenClaw runs this program for the access token, and only if it belongs to you: {path} belongs to uid {uid}. Nothing was touched",
        "此版本的 OpenClaw 通过运行本程序来获取访问令牌，并且要求它属于您本人：{path} 属于 uid {uid}。没有改动任何内容";
    helper_passing(path):
        "This OpenClaw runs this program for the access token, and {path} goes away with the next upgrade or clean-up. Nothing was touched",
        "此版本的 OpenClaw 通过运行本程序来获取访问令牌，而 {path} 会在下次升级或清理时消失。没有改动任何内容";
    helper_chmod(path):
        "Take that right away (chmod go-w {path}), then run this again.",
        "请收回该权限（chmod go-w {path}），然后重新运行。";
    helper_install(path):
        "Put a copy of your own where it stays, and run that one: install -D -m 755 {path} ~/.local/bin/openclaw-chutes && ~/.local/bin/openclaw-chutes",
        "请把它复制到固定位置，并运行该副本：install -D -m 755 {path} ~/.local/bin/openclaw-chutes && ~/.local/bin/openclaw-chutes";
}
