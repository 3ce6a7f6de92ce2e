use cu::*;
#[test]
fn smoke() {
    let vm = Vm::new(1).unwrap();
    let r = vm.compute(
        "print('hi', ...) _io.output = {1,2,x={y='z'}} return 1+1, 'a\\0b', {1,{2}}, 2^53|0, _home == _home, math.mininteger",
        "=t",
        &[1.into(), "x".into()],
    );
    println!("{r:?} {:?} {:?}", vm.output(), String::from_utf8(vm.take_printed()));
    println!(
        "{:?}",
        vm.compute(
            "local t = {} for i=1,20000 do t[i]=i end _home.big = t; _home.s = ('x'):rep(300000) return #_home.big, #_home.s, t[20000]",
            "=t",
            &[]
        )
    );
    println!("{:?}", vm.compute("error('boom')", "=t", &[]));
    println!("{:?}", vm.compute("x =", "=t", &[]));
    println!("{:?}", vm.compute("local s = 'x' while true do s = s .. s end", "=t", &[]));
}
