"""Models and simulator against the definitions that the TM Forum publishes.

They are no part of this project: ``TMF_DEFINITIONS`` names the folder of the Swagger files, else
``shared/tmf`` beside the checkout is looked at.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ivr.settings import PROJECT
from tests.network.published import PATHS, problems
from tests.network.world import TOKEN, Simulated, order

CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_schema_conformance", "response_headers_conformance"),
)
"""Not that every field which we do not model is checked: the simulator passes it over."""
EXAMPLES = int(os.environ.get("TMF_EXAMPLES", "25"))
"""Of each operation."""
OURS = {
    **{api: [*paths] for api, (_, paths) in PATHS.items()},
    "TMF641": ["/serviceOrder", "/serviceOrder/{id}", "/cancelServiceOrder", "/hub", "/hub/{id}"],
}
METHODS = {"/serviceOrder/{id}": {"get"}, "/service/{id}": {"get", "patch"}}
LISTED = {"/product", "/productOffering", "/customerBill", "/appliedCustomerBillingRate"}
NOT_OURS = {
    *(("/customerBill/{id}", method) for method in ("get", "patch")),
    *((path, "post") for path in LISTED),
}


@pytest.fixture(scope="module")
def definitions() -> Path:
    folder = Path(os.environ.get("TMF_DEFINITIONS") or PROJECT.parent / "shared" / "tmf")
    assert list(folder.glob("TMF*.json")), (
        "set TMF_DEFINITIONS to a folder with the Swagger files of the TM Forum"
    )
    return folder


@pytest.mark.nightly
def test_the_models_are_as_published(definitions: Path) -> None:
    assert list(problems(definitions)) == []


def reduced(swagger: dict[str, Any], api: str) -> dict[str, Any]:
    """The definition of the operations that the simulator has."""
    has = {"get", "post", "patch", "delete"}
    one = {path for path in OURS[api] if path.endswith("{id}")}
    found: dict[str, Any] = {}
    for path in OURS[api]:
        methods = METHODS.get(path, {"get", "patch"} if path == "/product/{id}" else has)
        kept = {
            method: operation
            for method, operation in swagger["paths"][path].items()
            if method in methods
            and (path, method) not in NOT_OURS
            and not (path == "/cancelServiceOrder" and method == "get")
            and not (path in one and method == "get" and path == "/hub/{id}")
        }
        found[path] = kept
    return {**swagger, "paths": found}


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("api", sorted(PATHS))
def test_the_simulator_answers_as_published(
    definitions: Path, operator: Simulated, tmp_path: Path, api: str
) -> None:
    assert importlib.util.find_spec("schemathesis"), "install requirements-schemathesis.lock"
    operator.world.token = TOKEN.replace(" ", "-")
    file = next(definitions.glob(f"{api}*.json"))
    swagger = json.loads(file.read_text())
    (tmp_path / "api.json").write_text(json.dumps(reduced(swagger, api)))
    operator.world.take(service_order(), 0.0)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", str(tmp_path / "api.json")),
            *("--url", f"http://127.0.0.1:{operator.port}{PATHS[api][0]}"),
            *("--header", f"Authorization: Bearer {operator.world.token}"),
            *("--checks", ",".join(CHECKS), "--max-examples", str(EXAMPLES)),
            *("--phases", "examples,fuzzing", "--seed", "17", "--no-color"),
            "--suppress-health-check=all",  # the definitions are as large as they are
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    lines = [line[:300] for line in done.stdout.splitlines() if line.strip()]
    assert done.returncode == 0, "\n".join(lines[-120:]) + done.stderr[-2000:]


def service_order() -> Any:
    from ivr.network.tmforum import service_order_of

    return service_order_of(order("c:1"))
