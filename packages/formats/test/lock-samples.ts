import type { ReachedMount } from "../src/index.ts";

/** Where lock files are led to. */
export const mount: ReachedMount = {
  url: "http://larder.example:8080/pypi/",
  prefix: "/pypi/",
  upstream: new URL("https://index.example/simple/"),
};
export const files = "http://larder.example:8080/pypi/files";

export const uvLock = `version = 1
requires-python = ">=3.9"

[[package]]
name = "app"
source = { editable = "." }
dependencies = [{ name = "demo" }] # by hand: "https://index.example/simple"

[[package]]
name = "Demo.Base"
version = "1.0"
source = { registry = "https://index.example/simple" }
sdist = { url = "https://files.example/p/demo_base-1.0.tar.gz", hash = "sha256:00", size = 1 }
wheels = [
    { url = "https://index.example/p/demo_base-1.0%2Bcpu-py3-none-any.whl", hash = "sha256:01" },
    { path = "wheels/demo_base-1.0-cp39-none-any.whl" },
]

[[package]]
name = "other"
version = "2"
source = { registry = 'https://other.example/simple/' }
sdist = { url = "https://files.example/p/other-2.tar.gz", hash = "sha256:02" }

[[package]]
name = "vcs"
version = "3"
source = { git = "https://git.example/vcs?rev=1#abc" }

[[package]]
name = "direct"
version = "4"
source = { url = "https://files.example/p/direct-4-py3-none-any.whl" }
`;

export const pylock = `lock-version = "1.0"
created-by = "someone"

[[packages]]
name = "demo"
version = "1.0"
index = "https://index.example/simple/"

[[packages.wheels]]
name = "demo-1.0-py3-none-any.whl"
url = "https://files.example/blob/1"
hashes = { sha256 = "00" }

[packages.sdist]
url = 'https://files.example/p/demo-1.0.tar.gz'
hashes.sha256 = "01"

[[packages]]
name = "unsaid"
version = "2"
wheels = [{ url = "https://files.example/p/unsaid-2-py3-none-any.whl", hashes = {sha256 = "02"} }]

[[packages]]
name = "local"
directory = { path = ".", editable = true }

[[packages]]
name = "archived"
archive = { url = "https://files.example/p/archived-1.tar.gz", hashes = {sha256 = "03"} }
`;

export const poetryLock = `[[package]]
name = "demo"
version = "1.0"
files = [
    {file = "demo-1.0-py3-none-any.whl", hash = "sha256:00"},
    {file = "demo-1.0.tar.gz", hash = "sha256:01"},
]

[package.source]
type = "legacy"
url = "https://index.example/simple"
reference = "larder"

[[package]]
name = "plain"
version = "2"
files = []

[[package]]
name = "vcs"
version = "3"
files = []

[package.source]
type = "git"
url = "https://git.example/vcs.git"
`;

export const requirements = `# --index-url https://index.example/simple/ in a comment stays
--index-url "https://index.example/simple/"
--extra-index-url=https://other.example/simple
-r more.txt
demo[extra] == 1.0 ; python_version < "4" \\
    --hash=sha256:00 \\
    --hash=sha256:01  # via app
Under_Score>=1,<2
direct @ https://files.example/p/direct-4-py3-none-any.whl ; sys_platform == "linux"
https://files.example/p/bare_url-1.0.tar.gz#sha256=02
vcs @ git+https://git.example/vcs@main
-e ./app
./local
`;
