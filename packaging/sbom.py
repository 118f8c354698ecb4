"""The crates in a binary as CycloneDX 1.5: `cargo metadata` in, JSON out. Usage: sbom.py NAME <metadata.json"""

import datetime
import json
import os
import sys


def main(name):
    metadata = json.load(sys.stdin)
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    root = next(id for id, package in packages.items() if package["name"] == name)

    # What is linked, not what only builds or tests.
    edges = {
        id: sorted(dep["pkg"] for dep in node["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"]))
        for id, node in nodes.items()
    }
    reached, waiting = {root}, [root]
    while waiting:
        for dependency in edges[waiting.pop()]:
            if dependency not in reached:
                reached.add(dependency)
                waiting.append(dependency)

    purl = lambda id: f"pkg:cargo/{packages[id]['name']}@{packages[id]['version']}"
    checksums = lock_checksums()

    def component(id):
        package = packages[id]
        entry = {
            "type": "application" if id == root else "library",
            "bom-ref": purl(id),
            "name": package["name"],
            "version": package["version"],
            "purl": purl(id),
        }
        if package["license"]:
            # Old manifests write "MIT/Apache-2.0" for "MIT OR Apache-2.0".
            entry["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
        checksum = checksums.get((package["name"], package["version"]))
        if checksum:
            entry["hashes"] = [{"alg": "SHA-256", "content": checksum}]
        return entry

    moment = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"timestamp": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "component": component(root)},
        "components": [component(id) for id in sorted(reached - {root}, key=purl)],
        "dependencies": [
            {"ref": purl(id), "dependsOn": [purl(to) for to in edges[id] if to in reached]}
            for id in sorted(reached, key=purl)
        ],
    }
    json.dump(document, sys.stdout, indent=2, ensure_ascii=False)
    print()


def lock_checksums():
    """Checksums by name and version, from the blocks of Cargo.lock."""
    found, block = {}, {}
    with open("Cargo.lock", encoding="utf-8") as lock:
        for line in [*lock, "[[package]]\n"]:
            if line.startswith("[[package]]"):
                if "checksum" in block:
                    found[block["name"], block["version"]] = block["checksum"]
                block = {}
            elif " = \"" in line:
                key, value = line.strip().split(" = ", 1)
                block[key] = value.strip('"')
    return found


main(sys.argv[1])
