#!/bin/sh
# Installs openclaw-chutes: downloads the build for this machine, checks it against the release's checksums, and puts
# one file in place. Nothing else is touched. To remove it, delete that file.
#
#   OPENCLAW_CHUTES_VERSION   a version such as 0.1.0 (default: the newest)
#   OPENCLAW_CHUTES_BIN       where to (default: /usr/local/bin for root, else ~/.local/bin)
#   OPENCLAW_CHUTES_RELEASES  where releases are (a mirror, or file:///directory)
set -eu

releases="${OPENCLAW_CHUTES_RELEASES:-https://github.com/openclaw-chutes/openclaw-chutes/releases}"
say() { printf 'openclaw-chutes: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

case "$(uname -s)" in
  Linux) system=unknown-linux-musl ;;
  Darwin) system=apple-darwin ;;
  *) die "there is no build for $(uname -s); see the README for building it" ;;
esac
case "$(uname -m)" in
  x86_64 | amd64) processor=x86_64 ;;
  aarch64 | arm64) processor=aarch64 ;;
  *) die "there is no build for $(uname -m); see the README for building it" ;;
esac

if command -v curl >/dev/null; then
  fetch() { curl -fsSL --proto '=https,http,file' "$1" -o "$2"; }
elif command -v wget >/dev/null; then
  fetch() { case "$1" in file://*) cp "${1#file://}" "$2" ;; *) wget -qO "$2" "$1" ;; esac; }
else
  die "this needs curl or wget"
fi
if command -v sha256sum >/dev/null; then
  sum() { sha256sum "$1" | cut -d' ' -f1; }
elif command -v shasum >/dev/null; then
  sum() { shasum -a 256 "$1" | cut -d' ' -f1; }
else
  die "this needs sha256sum or shasum"
fi

from="$releases/latest/download"
[ -z "${OPENCLAW_CHUTES_VERSION:-}" ] || from="$releases/download/v$OPENCLAW_CHUTES_VERSION"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

fetch "$from/SHA256SUMS" "$work/SHA256SUMS" || die "$from/SHA256SUMS could not be fetched; nothing was installed"
file="$(grep -o "openclaw-chutes-[0-9][^ ]*-$processor-$system\.tar\.gz$" "$work/SHA256SUMS")" ||
  die "this release has no build for $processor-$system; nothing was installed"
fetch "$from/$file" "$work/$file" || die "$from/$file could not be fetched; nothing was installed"
grep -qx "$(sum "$work/$file")  $file" "$work/SHA256SUMS" ||
  die "the checksum of $file is wrong; nothing was installed"

bin="${OPENCLAW_CHUTES_BIN:-}"
if [ -z "$bin" ]; then
  if [ "$(id -u)" = 0 ]; then bin=/usr/local/bin; else bin="$HOME/.local/bin"; fi
fi
mkdir -p "$bin"
tar -xzf "$work/$file" -C "$work"
# Beside its place first, so that a running one is replaced and not written over.
cp "$work/${file%.tar.gz}/openclaw-chutes" "$bin/.openclaw-chutes.new"
chmod 755 "$bin/.openclaw-chutes.new"
mv -f "$bin/.openclaw-chutes.new" "$bin/openclaw-chutes"
say "installed $("$bin/openclaw-chutes" --version) as $bin/openclaw-chutes"
case ":$PATH:" in *":$bin:"*) ;; *) say "$bin is not in your PATH" ;; esac
