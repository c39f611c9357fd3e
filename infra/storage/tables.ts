import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { physicalName } from "../names.ts";
import type { Settings } from "../settings.ts";

/** A table as its users need it. */
export interface Table {
  name: pulumi.Output<string>;
  arn: pulumi.Output<string>;
}

/** What a Lambda may do with a table. */
export interface TableAccess {
  table: Table;
  /** The index that it is allowed on, in place of the table itself. */
  index?: "GSI1" | "GSI2";
  /** Operations of DynamoDB, such as `UpdateItem`. */
  operations: readonly string[];
}

type Args = Pick<Settings, "coreTableName" | "paymentsTableName" | "createCoreTable" | "protectData"> & {
  account: Account;
};

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const nameLimit = 255;

/** The core table, which belongs to the whole product and may exist, and the payments table, which is this program's own. */
export class Tables extends pulumi.ComponentResource {
  readonly core: Table;
  readonly payments: Table;

  constructor(name: string, args: Args, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:Tables", name, {}, opts);
    const kept = { parent: this, protect: args.protectData, retainOnDelete: args.protectData };
    const common = {
      billingMode: "PAY_PER_REQUEST",
      hashKey: "PK",
      rangeKey: "SK",
      pointInTimeRecovery: { enabled: true },
      // Encrypted at rest with a key that AWS owns, as every table is that names no other.
      deletionProtectionEnabled: args.protectData,
    };

    const coreName = args.coreTableName ?? physicalName("core", nameLimit);
    this.core = args.createCoreTable
      ? new aws.dynamodb.Table(
          "core",
          {
            ...common,
            name: coreName,
            attributes: [text("PK"), text("SK"), text("customer_id")],
            globalSecondaryIndexes: [{ name: "GSI2", keySchemas: [hash("customer_id")], projectionType: "KEYS_ONLY" }],
          },
          kept,
        )
      : {
          name: pulumi.output(coreName),
          arn: pulumi.interpolate`${args.account.arnOf("dynamodb")}:table/${coreName}`,
        };

    this.payments = new aws.dynamodb.Table(
      "payments",
      {
        ...common,
        name: args.paymentsTableName ?? physicalName("payments", nameLimit),
        attributes: [text("PK"), text("SK"), text("user_id"), { name: "stripe_created", type: "N" }],
        globalSecondaryIndexes: [
          { name: "GSI1", keySchemas: [hash("user_id"), range("stripe_created")], projectionType: "ALL" },
        ],
        ttl: { attributeName: "expires_at", enabled: true },
      },
      kept,
    );

    this.registerOutputs({ core: this.core.name, payments: this.payments.name });
  }
}

const text = (name: string) => ({ name, type: "S" });
const hash = (attributeName: string) => ({ attributeName, keyType: "HASH" });
const range = (attributeName: string) => ({ attributeName, keyType: "RANGE" });
