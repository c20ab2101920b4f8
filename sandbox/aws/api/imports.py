"""ImportSnapshot: a task that takes time, checks what AWS checks, and can fail."""

import json
import secrets
import subprocess
import threading
from pathlib import Path
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.elastic_block_store import Snapshot
from moto.ec2.responses import EC2Response
from moto.ec2.utils import random_snapshot_id
from moto.iam.models import iam_backends
from moto.s3.models import s3_backends

from . import faults, home, policy

FORMATS = {"VHD": "vpc", "RAW": "raw", "VMDK": "vmdk"}
_tasks: dict[str, "Task"] = {}
_lock = threading.RLock()


class Task:
    """One import; a timer ends it, whether anybody waits for it or not."""

    def __init__(self, backend: Any, request: dict[str, Any]) -> None:
        self.id = f"import-snap-{secrets.token_hex(8)}"
        self.backend = backend
        self.request = request
        self.status = "active"
        self.message = "pending"
        self.snapshot_id: str | None = None
        _tasks[self.id] = self
        self.timer = threading.Timer(faults.current.import_seconds, self.finish)
        self.timer.daemon = True
        self.timer.start()

    def finish(self) -> None:
        with _lock:
            if self.status != "active":
                return
            try:
                if faults.current.import_error is not None:
                    raise ImportFailedError(faults.current.import_error)
                self.snapshot_id = import_object(self.backend, self.request)
                self.status, self.message = "completed", ""
            except ImportFailedError as error:
                self.status, self.message = "deleted", str(error)

    def cancel(self, reason: str) -> None:
        with _lock:
            self.timer.cancel()
            self.status, self.message = "deleted", reason

    def describe(self) -> dict[str, Any]:
        with _lock:
            container = self.request["DiskContainer"]
            detail: dict[str, Any] = {
                "Format": container["Format"],
                "Status": self.status,
                "UserBucket": container.get("UserBucket"),
                "Description": self.request.get("Description"),
            }
            if self.status == "active":
                detail |= {"Progress": "50", "StatusMessage": "downloading/converting"}
            if self.status == "deleted":
                detail["StatusMessage"] = self.message
            if self.snapshot_id:
                snapshot = self.backend.snapshots.get(self.snapshot_id)
                detail |= {"SnapshotId": self.snapshot_id, "Progress": "100"}
                if snapshot:
                    detail["DiskImageSize"] = float(snapshot.volume_size * 2**30)
            return {
                "ImportTaskId": self.id,
                "Description": self.request.get("Description"),
                "SnapshotTaskDetail": detail,
            }


class ImportFailedError(Exception):
    """An import that ends with a status message instead of a snapshot."""


def import_snapshot(self: EC2Response) -> ActionResult:
    request = {
        "RoleName": self._get_param("RoleName", "vmimport"),
        "Description": self._get_param("Description"),
        "DiskContainer": self._get_param("DiskContainer", {}),
        "Encrypted": self._get_param("Encrypted", False),
        "ClientToken": self._get_param("ClientToken"),
    }
    if request["DiskContainer"].get("Format", "").upper() not in FORMATS:
        kind = request["DiskContainer"].get("Format")
        raise EC2ClientError("InvalidParameter", f"The given disk format {kind} is not supported")
    role_policies(request["RoleName"])
    for task in _tasks.values():
        if request["ClientToken"] and task.request["ClientToken"] == request["ClientToken"]:
            return ActionResult(task.describe())
    return ActionResult(Task(self.ec2_backend, request).describe())


def describe_import_snapshot_tasks(self: EC2Response) -> ActionResult:
    ids = self._get_param("ImportTaskIds", [])
    unknown = [one for one in ids if one not in _tasks]
    if unknown:
        message = f"The import task ID {unknown[0]} cannot be found"
        raise EC2ClientError("InvalidConversionTaskId.Malformed", message)
    tasks = [task for task in _tasks.values() if not ids or task.id in ids]
    return ActionResult({"ImportSnapshotTasks": [task.describe() for task in tasks]})


def cancel_import_task(self: EC2Response) -> ActionResult | EmptyResult:
    task = _tasks.get(self._get_param("ImportTaskId"))
    if task is None or task.status != "active":
        message = "The import task cannot be cancelled: it is not active"
        raise EC2ClientError("IncorrectState", message)
    task.cancel(self._get_param("CancelReason", "cancelled"))
    return ActionResult({"ImportTaskId": task.id, "State": "deleted", "PreviousState": "active"})


def role_policies(name: str) -> list[dict[str, Any]]:
    """The policies of a role that VM Import may take on; AWS says the same when it may not."""
    backend = iam_backends[home.ACCOUNT]["aws"]
    role = next((one for one in backend.roles.values() if one.name == name), None)
    trust = json.loads(role.assume_role_policy_document) if role else {}
    anything = {**trust, "Statement": [{**one, "Resource": "*"} for one in _statements(trust)]}
    context = {"sts:Externalid": "vmimport"}
    is_trusted = any(
        "vmie.amazonaws.com" in _list(one.get("Principal", {}).get("Service", []))
        for one in _statements(trust)
    ) and policy.is_allowed([anything], "sts:AssumeRole", "*", context)
    if role is None or not is_trusted:
        message = f"The service role {name} provided does not exist or does not have sufficient permissions"
        raise EC2ClientError("InvalidParameter", message)
    return [json.loads(document) for document in role.policies.values()]


def import_object(backend: Any, request: dict[str, Any]) -> str:
    container = request["DiskContainer"]
    bucket_name = container["UserBucket"]["S3Bucket"]
    key_name = container["UserBucket"]["S3Key"]
    check_permissions(request["RoleName"], bucket_name, key_name)
    bucket = s3_backends[home.ACCOUNT]["aws"].buckets.get(bucket_name)
    key = bucket.keys.get(key_name) if bucket else None
    if key is None:
        message = (
            f"ClientError: Disk validation failed [Unable to find s3://{bucket_name}/{key_name}]"
        )
        raise ImportFailedError(message)
    snapshot_id = random_snapshot_id()
    size = convert(key.value, container["Format"].upper(), home.snapshot_disk(snapshot_id))
    # As AWS: the snapshot has the task in its description, and no tags.
    volume = backend.create_volume(size=-(-size // 2**30), zone_name=f"{backend.region_name}a")
    snapshot = Snapshot(
        backend,
        snapshot_id,
        volume,
        "Created by AWS-VMImport service",
        encrypted=str(request["Encrypted"]).lower() == "true",
    )
    backend.snapshots[snapshot_id] = snapshot
    backend.delete_volume(volume.id)
    return snapshot_id


def check_permissions(role_name: str, bucket: str, key: str) -> None:
    try:
        policies = role_policies(role_name)
    except EC2ClientError as error:
        raise ImportFailedError(f"ClientError: {error.message}") from error
    needed = [
        *(
            (action, f"arn:aws:s3:::{bucket}")
            for action in ("s3:GetBucketLocation", "s3:ListBucket")
        ),
        ("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}"),
        *(
            (f"ec2:{action}", "*")
            for action in (
                "ModifySnapshotAttribute",
                "CopySnapshot",
                "RegisterImage",
                "DescribeImages",
            )
        ),
    ]
    for action, resource in needed:
        if not policy.is_allowed(policies, action, resource, {}):
            message = (
                f"ClientError: The service role {role_name} is not authorized to perform: {action} "
                f"on resource: {resource}"
            )
            raise ImportFailedError(message)


def convert(content: bytes, kind: str, disk: Path) -> int:
    """Writes the image as a raw disk and gives its size in bytes."""
    upload = disk.with_suffix(".upload")
    upload.write_bytes(content)
    try:
        if kind == "VHD" and not content[-512:].startswith(b"conectix"):
            raise ImportFailedError(
                "ClientError: Disk validation failed [Unsupported VHD: no footer]"
            )
        subprocess.run(
            ["qemu-img", "convert", "-f", FORMATS[kind], "-O", "raw", upload, disk],
            check=True,
            capture_output=True,
            text=True,
        )
    except subprocess.CalledProcessError as error:
        message = f"ClientError: Disk validation failed [{error.stderr.strip()}]"
        raise ImportFailedError(message) from error
    finally:
        upload.unlink()
    return disk.stat().st_size


def _statements(document: dict[str, Any]) -> list[dict[str, Any]]:
    return _list(document.get("Statement", []))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def install() -> None:
    for function in (import_snapshot, describe_import_snapshot_tasks, cancel_import_task):
        setattr(EC2Response, function.__name__, function)
