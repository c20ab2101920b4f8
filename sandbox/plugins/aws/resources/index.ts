import type { AwsResource } from "../resource.ts";
import * as addresses from "./addresses.ts";
import * as buckets from "./buckets.ts";
import * as iam from "./iam.ts";
import * as images from "./images.ts";
import { instance } from "./instances.ts";
import { bucketObject } from "./objects.ts";
import * as securityGroups from "./security-groups.ts";
import * as volumes from "./volumes.ts";

/** The resource types that the stand-in has, by token. */
export const resources: Readonly<Record<string, AwsResource>> = {
  "aws:s3/bucket:Bucket": buckets.bucket,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": buckets.bucketPublicAccessBlock,
  "aws:s3/bucketPolicy:BucketPolicy": buckets.bucketPolicy,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
    buckets.bucketEncryption,
  "aws:s3/bucketObjectv2:BucketObjectv2": bucketObject,
  "aws:iam/role:Role": iam.role,
  "aws:iam/rolePolicy:RolePolicy": iam.rolePolicy,
  "aws:ebs/snapshotImport:SnapshotImport": images.snapshotImport,
  "aws:ebs/volume:Volume": volumes.volume,
  "aws:ec2/ami:Ami": images.ami,
  "aws:ec2/instance:Instance": instance,
  "aws:ec2/keyPair:KeyPair": volumes.keyPair,
  "aws:ec2/securityGroup:SecurityGroup": securityGroups.securityGroup,
  "aws:ec2/eip:Eip": addresses.eip,
  "aws:ec2/eipAssociation:EipAssociation": addresses.eipAssociation,
  "aws:ec2/volumeAttachment:VolumeAttachment": volumes.volumeAttachment,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": securityGroups.ingressRule,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": securityGroups.egressRule,
};
