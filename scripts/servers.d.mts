export declare function redisPath(): string | undefined;
export declare function postgresFolder(): string | undefined;
export declare function missingServers(): string[];
export declare function ensureServers(): void;
