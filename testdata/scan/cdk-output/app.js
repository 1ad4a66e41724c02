const cdk = require('aws-cdk-lib');
const kms = require('aws-cdk-lib/aws-kms');
const iam = require('aws-cdk-lib/aws-iam');
const s3 = require('aws-cdk-lib/aws-s3');

const app = new cdk.App({ analyticsReporting: false, context: { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true } });

/** A nested stack that is given a role and hands out a key. */
class Data extends cdk.NestedStack {
  constructor(scope, id, reader) {
    super(scope, id);
    this.key = new kms.Key(this, 'Key', { enableKeyRotation: true });
    this.key.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'Everyone', actions: ['kms:Decrypt'], principals: [new iam.AnyPrincipal()], resources: ['*'],
    }));
    this.key.grantDecrypt(reader);
  }
}

class Vault extends cdk.Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const role = new iam.Role(this, 'Reader', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    const key = new kms.Key(this, 'Key', { enableKeyRotation: true, alias: 'vault' });
    key.grantEncryptDecrypt(role);
    key.grantDecrypt(new iam.AccountPrincipal('444455556666'));
    const data = new Data(this, 'Data', role);
    new s3.Bucket(this, 'Bucket', { encryption: s3.BucketEncryption.KMS, encryptionKey: data.key });
  }
}

class Production extends cdk.Stage {
  constructor(scope, id, props) {
    super(scope, id, props);
    const plain = new cdk.Stack(this, 'Keys', { stackName: 'production-keys' });
    new kms.Key(plain, 'Signing', { enableKeyRotation: false });
  }
}

new Vault(app, 'Vault', { env: { account: '111122223333', region: 'eu-west-1' } });
new Production(app, 'Production', { env: { account: '777788889999', region: 'us-east-1' } });
const agnostic = new cdk.Stack(app, 'Anywhere');
new kms.Key(agnostic, 'Key');
app.synth();
