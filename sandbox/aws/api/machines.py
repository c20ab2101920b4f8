"""Keeps the machines of instances as the API describes them, after every change."""

import base64
import contextlib
import ipaddress
import json
import os
import random
import subprocess
import threading
from typing import Any

from moto.ec2.models import ec2_backends, elastic_ip_addresses, elastic_network_interfaces
from moto.ec2.models.instances import InstanceState, StateReason

from . import home

PUBLIC_ADDRESSES = ipaddress.ip_network("198.19.0.0/16")
_command: list[str] = []
_applied: dict[str, dict[str, Any]] = {}
_seen: set[str] = set()
changing = threading.Lock()


def install(command: list[str]) -> None:
    _command[:] = command
    setattr(elastic_ip_addresses, "random_ip", free_public_address)  # noqa: B010
    setattr(elastic_network_interfaces, "random_public_ip", free_public_address)  # noqa: B010


def free_public_address() -> str:
    """One that no machine of this computer has, whichever API gave it."""
    routes = subprocess.run(["ip", "-json", "route"], check=True, capture_output=True, text=True)
    taken = {route["dst"] for route in json.loads(routes.stdout)}
    while True:
        address = str(PUBLIC_ADDRESSES[random.randrange(256, 65_000)])  # noqa: S311
        if address not in taken:
            return address


def sync() -> None:
    """Brings every machine to what its instance is now, while nothing else changes."""
    backends: list[Any] = [backend for _, _, backend in ec2_backends.iter_backends()]
    instances = [(backend, one) for backend in backends for one in backend.all_instances()]
    for backend, instance in instances:
        wanted = describe(backend, instance)
        if _applied.get(instance.id) != wanted:
            apply(instance, wanted)
    remove_disks("volumes", {volume for backend in backends for volume in backend.volumes})
    remove_disks("snapshots", {snapshot for backend in backends for snapshot in backend.snapshots})


def remove_disks(kind: str, known: set[str]) -> None:
    """Of what is deleted; an import writes to a file before its snapshot is there."""
    for disk in (home.folder / kind).glob("*.raw"):
        if disk.stem in known:
            _seen.add(disk.stem)
        elif disk.stem in _seen:
            disk.unlink()


def describe(backend: Any, instance: Any) -> dict[str, Any]:
    known = _applied.get(instance.id, {})
    if instance.state == "terminated":
        return {**known, "state": "terminated", "volumes": [], "publicAddresses": []}
    image = backend.amis.get(instance.image_id)
    nic = instance.nics[0]
    groups = {group.id: group for group in nic.group_set}.values()
    root = instance.root_device_name
    disks = dict(instance.get_block_device_mapping)
    root_snapshot = known.get("image") or str(home.snapshot_disk(_root_snapshot(image)))
    data = instance.user_data
    # A key pair may be deleted while machines that have its key run on.
    public_key = known.get("metadata", {}).get("publicKey")
    if instance.key_name in backend.key_pairs:
        material = backend.key_pairs[instance.key_name].material_public
        public_key = (material.decode() if isinstance(material, bytes) else str(material)).strip()
    return {
        "id": instance.id,
        "state": "stopped" if instance.state == "stopped" else "running",
        "image": root_snapshot,
        "rootVolumeBytes": backend.volumes[disks[root].volume_id].size * 2**30,
        "privateAddress": known.get("privateAddress"),
        "publicAddresses": [nic.public_ip] if nic.public_ip else [],
        "userData": None if not data else base64.b64encode(_bytes(data)).decode(),
        "metadata": {
            "instanceType": instance.instance_type,
            "imageId": instance.image_id,
            "availabilityZone": instance.placement.zone,
            "region": backend.region_name,
            "publicKey": public_key,
            "httpTokens": instance.metadata_options.http_tokens,
            "httpEndpoint": instance.metadata_options.http_endpoint,
            "httpPutResponseHopLimit": instance.metadata_options.http_put_response_hop_limit,
        },
        "ingress": [rule for group in groups for rule in _rules(group.ingress_rules)],
        "egress": [rule for group in groups for rule in _rules(group.egress_rules)],
        "volumes": [
            _volume(backend, device, disk.volume_id)
            for device, disk in disks.items()
            if device != root
        ],
    }


def _bytes(data: Any) -> bytes:
    text = str(data)
    with contextlib.suppress(ValueError):
        return base64.b64decode(text, validate=True)
    return text.encode()


def _root_snapshot(image: Any) -> str:
    return str(
        next(
            mapping["Ebs"]["SnapshotId"]
            for mapping in image.block_device_mappings
            if mapping["DeviceName"] == image.root_device_name
        )
    )


def _rules(rules: list[Any]) -> list[dict[str, Any]]:
    return [
        {
            "protocol": rule.ip_protocol,
            "fromPort": rule.from_port,
            "toPort": rule.to_port,
            "cidr": rule.cidr_ipv4 or rule.cidr_ipv6,
        }
        for rule in rules
        if rule.cidr_ipv4 or rule.cidr_ipv6
    ]


def _volume(backend: Any, device: str, volume_id: str) -> dict[str, str]:
    disk = home.volume_disk(volume_id)
    size = backend.volumes[volume_id].size * 2**30
    disk.touch()
    if disk.stat().st_size < size:
        os.truncate(disk, size)
    return {"id": volume_id, "device": device, "file": str(disk)}


def apply(instance: Any, wanted: dict[str, Any]) -> None:
    if not wanted.get("id") or not _command:
        return
    done = subprocess.run(
        _command, input=json.dumps(wanted), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        fail(instance, wanted, done.stderr.strip())
        return
    result = json.loads(done.stdout)
    wanted["privateAddress"] = result["privateAddress"] or wanted["privateAddress"]
    _applied[instance.id] = wanted
    if result["privateAddress"]:
        nic = instance.nics[0]
        nic.private_ip_address = result["privateAddress"]
        nic.private_ip_addresses[0]["PrivateIpAddress"] = result["privateAddress"]


def fail(instance: Any, wanted: dict[str, Any], words: str) -> None:
    print(f"instance {instance.id}: {words}", flush=True)
    _applied.pop(instance.id, None)
    instance._state = InstanceState("terminated", 48)
    instance.state_reason = StateReason(f"Server.InternalError: {words}", "Server.InternalError")
    gone = json.dumps({**wanted, "state": "terminated"})
    subprocess.run(_command, input=gone, capture_output=True, text=True, check=False)
