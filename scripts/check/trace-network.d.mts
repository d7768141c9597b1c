export function ensureStrace(): void;
export function remoteConnections(log: string): string[];
export function traceNetwork(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  cwd?: string,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly connections: string[] }>;
