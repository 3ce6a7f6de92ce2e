// Five bodies under gravity, by a symplectic step: floats in fields of records.
(n) => {
  const DAYS = 365.24, SOLAR_MASS = 4 * Math.PI * Math.PI;
  const body = (x, y, z, vx, vy, vz, mass) => ({ x, y, z, vx: vx * DAYS, vy: vy * DAYS, vz: vz * DAYS, mass: mass * SOLAR_MASS });
  const bodies = [
    body(0, 0, 0, 0, 0, 0, 1),
    body(4.84, -1.16, -0.10, 0.00166, 0.00769, -0.0000690, 0.000954),
    body(8.34, 4.12, -0.40, -0.00276, 0.00499, 0.0000230, 0.000285),
    body(12.89, -15.11, -0.22, 0.00296, 0.00237, -0.0000296, 0.0000436),
    body(15.37, -25.91, 0.17, 0.00268, 0.00162, -0.0000951, 0.0000515),
  ];
  const { sqrt } = Math;
  function energy() {
    let sum = 0;
    for (let i = 0; i < bodies.length; i++) {
      const a = bodies[i];
      sum += 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz);
      for (let j = i + 1; j < bodies.length; j++) {
        const b = bodies[j];
        const dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
        sum -= a.mass * b.mass / sqrt(dx * dx + dy * dy + dz * dz);
      }
    }
    return sum;
  }
  function advance(dt) {
    for (let i = 0; i < bodies.length; i++) {
      const a = bodies[i];
      for (let j = i + 1; j < bodies.length; j++) {
        const b = bodies[j];
        const dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
        const square = dx * dx + dy * dy + dz * dz;
        const mag = dt / (square * sqrt(square));
        a.vx -= dx * b.mass * mag;
        a.vy -= dy * b.mass * mag;
        a.vz -= dz * b.mass * mag;
        b.vx += dx * a.mass * mag;
        b.vy += dy * a.mass * mag;
        b.vz += dz * a.mass * mag;
      }
    }
    for (const a of bodies) {
      a.x += dt * a.vx;
      a.y += dt * a.vy;
      a.z += dt * a.vz;
    }
  }
  for (let i = 0; i < n; i++) advance(0.01);
  return energy();
}
