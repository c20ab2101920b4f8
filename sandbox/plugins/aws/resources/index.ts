import type { AwsResource } from "../resource.ts";
import * as iam from "./iam.ts";
import * as images from "./images.ts";
import { instance } from "./instances.ts";
import * as network from "./network.ts";
import * as s3 from "./s3.ts";
import * as volumes from "./volumes.ts";

/** The resource types that the stand-in has, by token. */
export const resources: Readonly<Record<string, AwsResource>> = {
  "aws:s3/bucket:Bucket": s3.bucket,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": s3.bucketPublicAccessBlock,
  "aws:s3/bucketPolicy:BucketPolicy": s3.bucketPolicy,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
    s3.bucketEncryption,
  "aws:s3/bucketObjectv2:BucketObjectv2": s3.bucketObject,
  "aws:iam/role:Role": iam.role,
  "aws:iam/rolePolicy:RolePolicy": iam.rolePolicy,
  "aws:ebs/snapshotImport:SnapshotImport": images.snapshotImport,
  "aws:ebs/volume:Volume": volumes.volume,
  "aws:ec2/ami:Ami": images.ami,
  "aws:ec2/instance:Instance": instance,
  "aws:ec2/keyPair:KeyPair": volumes.keyPair,
  "aws:ec2/securityGroup:SecurityGroup": network.securityGroup,
  "aws:ec2/eip:Eip": network.eip,
  "aws:ec2/eipAssociation:EipAssociation": network.eipAssociation,
  "aws:ec2/volumeAttachment:VolumeAttachment": volumes.volumeAttachment,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": network.ingressRule,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": network.egressRule,
};
