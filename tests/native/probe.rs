use cu::*;
#[test] fn probe() {
    let vm = Vm::new(1).unwrap();
    println!("{:?}", vm.compute(r#"
local function long(n) return ("0123456789abcdef"):rep(n // 16) .. ("x"):rep(n % 16) end
local function mem(l) print(l, collectgarbage('count')) end
for _, n in ipairs({ 65519, 65520, 65521, 65535, 65536, 65537, 131071, 131072, 131073, 180000 }) do
  local text = long(n) mem('made')
  _home.text = text mem('set')
  local same = _home.text == text mem('same')
  _home.keys = { [text] = "in a graph" } mem('graph')
  local in_graph = _home.keys[text]mem('ingraph')
  _home.keys[text] = "set"
  local key = next(_home.keys) mem('next')
  _home.keys[text] = nil
  _home.keys, _home.text = nil, nil
end
collectgarbage()
"#, "=t", &[]));
    println!("{}", String::from_utf8(vm.take_printed()).unwrap());
}
