"""Which IAM action a request is, and on which resource."""

import re
import urllib.parse
from dataclasses import dataclass

from . import home

# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
_BUCKET_SUBRESOURCES = {
    "policy": "BucketPolicy",
    "publicAccessBlock": "BucketPublicAccessBlock",
    "encryption": "EncryptionConfiguration",
    "tagging": "BucketTagging",
    "acl": "BucketAcl",
    "versioning": "BucketVersioning",
    "location": "BucketLocation",
    "ownershipControls": "BucketOwnershipControls",
    "lifecycle": "LifecycleConfiguration",
}
_VERBS = {"GET": "Get", "HEAD": "Get", "PUT": "Put", "DELETE": "Put"}


@dataclass(frozen=True)
class Request:
    """What is asked, as IAM sees it."""

    service: str
    action: str
    resource: str
    region: str


def identify(method: str, path: str, query: str, body: str, credential: str) -> Request:
    """Reads the request; `credential` is the scope of its signature: KEY/DATE/REGION/SERVICE/..."""
    _, _, region, service, *_ = [*credential.split("/"), "", "", "", ""]
    if service == "s3":
        action, resource = _s3(method, path, urllib.parse.parse_qs(query, keep_blank_values=True))
        return Request(service, f"s3:{action}", resource, region)
    parameters = urllib.parse.parse_qs(body or query)
    action = parameters.get("Action", ["Unknown"])[0]
    return Request(service, f"{service}:{action}", _resource(service, parameters, region), region)


def _resource(service: str, parameters: dict[str, list[str]], region: str) -> str:
    if service == "iam" and "RoleName" in parameters:
        return f"arn:aws:iam::{home.ACCOUNT}:role/{parameters['RoleName'][0]}"
    return "*" if service != "ec2" else f"arn:aws:ec2:{region}:{home.ACCOUNT}:*"


def _s3(method: str, path: str, query: dict[str, list[str]]) -> tuple[str, str]:
    bucket, _, key = path.lstrip("/").partition("/")
    if not bucket:
        return "ListAllMyBuckets", "*"
    if key:
        return _object_action(method, query), f"arn:aws:s3:::{bucket}/{urllib.parse.unquote(key)}"
    resource = f"arn:aws:s3:::{bucket}"
    for name, what in _BUCKET_SUBRESOURCES.items():
        if name in query:
            if name == "policy" and method == "DELETE":
                return "DeleteBucketPolicy", resource
            return f"{_VERBS[method]}{what}", resource
    if method == "POST" and "delete" in query:
        return "DeleteObject", f"{resource}/*"
    plain = {
        "PUT": "CreateBucket",
        "DELETE": "DeleteBucket",
        "GET": "ListBucket",
        "HEAD": "ListBucket",
    }
    if "versions" in query:
        return "ListBucketVersions", resource
    if "uploads" in query:
        return "ListBucketMultipartUploads", resource
    return plain.get(method, "Unknown"), resource


def _object_action(method: str, query: dict[str, list[str]]) -> str:
    if "tagging" in query:
        return {"GET": "GetObjectTagging", "PUT": "PutObjectTagging"}.get(
            method, "DeleteObjectTagging"
        )
    if method == "DELETE":
        return "AbortMultipartUpload" if "uploadId" in query else "DeleteObject"
    if method == "GET" and "uploadId" in query:
        return "ListMultipartUploadParts"
    return "GetObject" if method in {"GET", "HEAD"} else "PutObject"


def pass_role(request: Request, body: str) -> str | None:
    """The role that the request hands on to a service, which takes iam:PassRole."""
    if request.action != "ec2:ImportSnapshot":
        return None
    match = re.search(r"(?:^|&)RoleName=([^&]+)", body)
    name = urllib.parse.unquote_plus(match.group(1)) if match else "vmimport"
    return f"arn:aws:iam::{home.ACCOUNT}:role/{name}"
