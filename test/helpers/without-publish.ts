/** A Lambda's result without what it says is to be published. */
export const withoutPublish = <T extends { publish: unknown }>({ publish: _, ...result }: T): Omit<T, "publish"> =>
  result;
