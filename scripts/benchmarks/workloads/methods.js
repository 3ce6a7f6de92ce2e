// Calls of methods of a class.
(n) => {
  class Account {
    balance = 0;
    add(amount) {
      this.balance = this.balance + amount;
      return this;
    }
    get() { return this.balance; }
  }
  const account = new Account();
  let sum = 0;
  for (let i = 1; i <= n / 2; i++) sum += account.add(1).get() % 2;
  return sum;
}
