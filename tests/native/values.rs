//! Every kind of value, both ways: as argument and result, and through an external table.

use cu::{Function, Table, Value};

use crate::support::{check_true, results, run, table, vm};

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        // −0 and NaN too.
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()),
        _ => a == b,
    }
}

fn samples() -> Vec<Value> {
    const SAFE: i64 = (1 << 53) - 1;
    let integers =
        [0, 1, -1, i32::MAX.into(), i32::MIN.into(), i64::from(i32::MAX) + 1, SAFE, SAFE + 1, -SAFE, -SAFE - 1, i64::MAX, i64::MIN];
    let floats = [0.0, -0.0, 1.0, 0.1, -1e300, 5e-324, f64::MAX, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 9_007_199_254_740_993.0];
    let strings: [&[u8]; 7] =
        [b"", b"a", b"a\0b", b"\xFF\xFE", "\u{FEFF}BOM".as_bytes(), b"12345678", b"a name that is longer than forty bytes, as keys go"];
    let lengths = [65_519, 65_520, 65_521, 65_535, 65_536, 65_537, 131_040, 200_000];
    let mut values = vec![Value::Nil, true.into(), false.into(), Value::Null];
    values.extend(integers.map(Value::from));
    values.extend(floats.map(Value::from));
    values.extend(strings.map(Value::from));
    values.extend(lengths.map(|n: usize| (0..n).map(|i| (i % 251) as u8).collect::<Vec<u8>>().into()));
    values.push(Table::new().into());
    values.push(Function::new(Ok).into());
    values
}

#[test]
fn values_cross_unchanged() {
    let vm = vm();
    for value in samples() {
        let returned = &results(&vm, "return ...", std::slice::from_ref(&value))[0];
        assert!(same(returned, &value), "returned: {returned:?}, not {value:?}");
        vm.home().set("given", value.clone()).unwrap();
        let read = run(&vm, "return _home.given");
        assert!(same(&read, &value), "read: {read:?}, not {value:?}");
        results(&vm, "_home.taken = ...", std::slice::from_ref(&value));
        let written = vm.home().get("taken");
        assert!(same(&written, &value), "written: {written:?}, not {value:?}");
    }
    let all = samples();
    let returned = results(&vm, "return ...", &all);
    assert!(returned.len() == all.len() && returned.iter().zip(&all).all(|(a, b)| same(a, b)), "all at once");
}

#[test]
fn values_are_keys() {
    let vm = vm();
    for key in samples() {
        if key == Value::Nil || matches!(key, Value::Float(number) if number.is_nan()) {
            continue;
        }
        let table = Table::new();
        results(&vm, "local t, k = ... t[k] = 'here'", &[table.clone().into(), key.clone()]);
        assert_eq!(table.get(key.clone()), "here".into(), "{key:?}");
        let read = results(&vm, "local t, k = ... return t[k], next(t) == k, next(t, k)", &[table.into(), key.clone()]);
        assert_eq!(read, ["here".into(), true.into(), Value::Nil], "{key:?}");
    }
}

#[test]
fn types_are_exact() {
    let vm = vm();
    vm.set_input([Value::Integer(3), Value::Float(3.0), "3".into(), Value::Null].into_iter().collect::<Table>());
    check_true(
        &vm,
        &[
            "return math.type(_io.input[1]) == 'integer'",
            "return math.type(_io.input[2]) == 'float'",
            "return type(_io.input[3]) == 'string'",
            "return _io.input[4] == ext.null and type(ext.null) == 'userdata'",
            "return type(_io.input) == 'table' and #_io.input == 4",
            "return _io.input == _io.input and ({ [_io.input] = 1 })[_io.input] == 1",
            "local t = ext.table() t[1], t['1'], t[1.5] = 'a', 'b', 'c' return t[1] == 'a' and t['1'] == 'b' and t[1.0] == 'a'",
            "local t = ext.table() return not pcall(function() t[nil] = 1 end) and not pcall(function() t[0/0] = 1 end)",
        ],
    );
}

#[test]
fn objects_keep_their_identity() {
    let vm = vm();
    let (object, function) = (Value::from(Table::new()), Value::from(Function::new(Ok)));
    results(&vm, "kept, f = ...", &[object.clone(), function.clone()]);
    assert_eq!(
        results(&vm, "local a, b = ... return a == kept, b == f, kept, f", &[object.clone(), function.clone()]),
        [true.into(), true.into(), object, function]
    );
    let [a, b] = &results(&vm, "local function g() end return g, g", &[])[..] else { panic!() };
    assert!(matches!(a, Value::LuaFunction(_)) && a == b);
}

#[test]
fn plain_tables_arrive_as_copies() {
    let vm = vm();
    let result = table(run(&vm, "local t = { 1, { 2 }, x = { y = 'z' } } t.self = t t.again = t[2] original = t return t"));
    assert_eq!(result.get(1), 1.into());
    assert_eq!(table(result.get("x")).get("y"), "z".into());
    assert_eq!(result.get("self"), result.clone().into());
    assert_eq!(result.get("again"), result.get(2));
    result.set(1, "changed").unwrap();
    assert_eq!(run(&vm, "return original[1]"), 1.into());
    // What leads to itself is the program's to take apart.
    result.set("self", Value::Nil).unwrap();
}

/// Programs in many steps at random, in an external table and in a plain one at once.
#[test]
fn external_tables_agree_with_plain_ones() {
    let vm = vm();
    run(
        &vm,
        r#"
        math.randomseed(20250101)
        local keys = { "a", "b", "", "a\0b", 0, -1, 1.5, -0.0, math.maxinteger, math.mininteger, true, false, ("k"):rep(100) }
        for i = 1, 12 do keys[#keys + 1] = i end
        local values = { 1, 2.5, "v", true, false, ("w"):rep(50) }
        for round = 1, 200 do
          local plain, external = {}, ext.table()
          for step = 1, 100 do
            local key = keys[math.random(#keys)]
            local value = nil
            if math.random(3) > 1 then value = values[math.random(#values)] end
            plain[key], external[key] = value, value
          end
          local count = 0
          for key, value in pairs(external) do
            assert(plain[key] == value and math.type(plain[key]) == math.type(value), tostring(key))
            count = count + 1
          end
          for key, value in pairs(plain) do
            assert(external[key] == value, tostring(key))
            count = count - 1
          end
          assert(count == 0, round)
          local n = #external
          assert((n == 0 or external[n] ~= nil) and external[n + 1] == nil, round)
        end"#,
    );
}
