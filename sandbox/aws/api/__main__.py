"""Serves until it is ended: python -m api --port N [--deployer-policy FILE] [--instances WORDS]"""

import argparse
import json
import logging
import os
import pathlib

os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
os.environ.setdefault("MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION", "true")
os.environ.setdefault("MOTO_ACCOUNT_ID", "123456789012")

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    create_backend_app,
)
from werkzeug.serving import make_server

from . import bucket_policies, checks, gate, home, images, imports, machines


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--deployer-policy", type=pathlib.Path)
    parser.add_argument("--instances", nargs="+", default=[])
    given = parser.parse_args()
    home.make()
    for module in (bucket_policies, checks, images, imports):
        module.install()
    machines.install(given.instances)
    allowed = json.loads(given.deployer_policy.read_text()) if given.deployer_policy else None
    application = gate.Gate(DomainDispatcherApplication(create_backend_app), allowed)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", given.port, application, threaded=True)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


main()
